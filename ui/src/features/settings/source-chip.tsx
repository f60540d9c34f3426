import type { Setting } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { Mono } from "@/components/mono";
import { Tooltip } from "@/components/tooltip";
import { useI18n } from "@/i18n/i18n";

/** Where a value comes from: nobody, the file, a variable or a flag. */
export function SourceChip({ setting }: { setting: Setting }) {
  const { t } = useI18n();
  const { source, origin } = setting;
  if (source === "default")
    return <span className="text-2xs text-ink-3">{t("settings.source_default")}</span>;
  if (source === "file") {
    return (
      <Tooltip text={origin}>
        <button type="button" className="cursor-default rounded-full">
          <Chip>{t("settings.source_file")}</Chip>
        </button>
      </Tooltip>
    );
  }
  return (
    // A variable's name may be longer than a narrow window is wide.
    <Chip tone="accent" className="h-auto! min-h-5.5 max-w-full flex-wrap whitespace-normal!">
      {t(`settings.source_${source}`)}
      <Mono>{origin}</Mono>
    </Chip>
  );
}

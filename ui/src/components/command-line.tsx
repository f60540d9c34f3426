import { useI18n } from "@/i18n/i18n";
import { CopyBtn } from "./copy-btn";
import { Mono } from "./mono";

/** Something to type into a terminal, ready to be copied. */
export function CommandLine({ command }: { command: string }) {
  const { t } = useI18n();
  return (
    <div className="mt-1.5 flex items-center gap-1 rounded-md bg-inset py-1 ps-3 pe-1">
      <Mono className="min-w-0 grow text-xs">{command}</Mono>
      <CopyBtn text={command} label={t("action.copy_command")} />
    </div>
  );
}

import { DoorOpen } from "lucide-react";
import type { Setting } from "@/backend/api.gen";
import type { CallError } from "@/backend/call-error";
import { useI18n } from "@/i18n/i18n";
import { Btn } from "./btn";
import { InlineError } from "./inline-error";

interface OpenNetworkBannerProps {
  /** `network.open`. */
  setting: Setting | undefined;
  change: { mutate: (open: boolean) => void; isPending: boolean; error: CallError | null };
}

/** Stands there for as long as everybody on the network is let in, so that nobody forgets it. */
export function OpenNetworkBanner({ setting, change }: OpenNetworkBannerProps) {
  const { t } = useI18n();
  if (setting?.value !== true) return null;
  return (
    <div className="mt-4 grid gap-2">
      <div className="flex flex-wrap items-center gap-3 rounded-lg bg-warn-soft p-3">
        <DoorOpen size={17} aria-hidden className="shrink-0 text-warn-ink" />
        <div className="min-w-0 grow basis-56">
          <p className="text-sm font-medium">{t("open_network.title")}</p>
          <p className="text-xs text-ink-2">{t("open_network.text")}</p>
        </div>
        {/* What a flag or a variable opened, only that closes. */}
        {!setting.read_only && (
          <Btn size="sm" variant="outline" busy={change.isPending} onClick={() => change.mutate(false)}>
            {t("open_network.close")}
          </Btn>
        )}
      </div>
      {change.error && <InlineError error={change.error} />}
    </div>
  );
}

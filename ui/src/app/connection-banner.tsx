import { Unplug } from "lucide-react";
import { Btn } from "@/components/btn";
import { useI18n } from "@/i18n/i18n";

/** Above everything while the node is away; what lies below is greyed. */
export function ConnectionBanner({ onRetry }: { onRetry: () => void }) {
  const { t } = useI18n();
  return (
    <div
      role="status"
      className="flex shrink-0 items-center gap-3 bg-warn-soft px-4 py-2 text-xs text-warn-ink"
    >
      <Unplug size={16} className="shrink-0" />
      <span className="min-w-0 grow">{t("connection.lost")}</span>
      <Btn size="sm" variant="outline" onClick={onRetry}>
        {t("connection.try_now")}
      </Btn>
    </div>
  );
}

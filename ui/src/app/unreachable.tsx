import { Unplug } from "lucide-react";
import { Btn } from "@/components/btn";
import { EmptyState } from "@/components/empty-state";
import { useI18n } from "@/i18n/i18n";

/** Nothing has ever answered this page. */
export function Unreachable({ onRetry }: { onRetry: () => void }) {
  const { t } = useI18n();
  return (
    <main className="h-full bg-surface">
      <EmptyState
        mark={<Unplug size={36} strokeWidth={1.5} className="text-warn-ink" />}
        title={t("connection.none_title")}
        text={<p role="status">{t("connection.none_text")}</p>}
        action={
          <Btn variant="primary" onClick={onRetry}>
            {t("connection.try_now")}
          </Btn>
        }
      />
    </main>
  );
}

import { Card } from "@/components/card";
import { InlineError } from "@/components/inline-error";
import { usePulls } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { DownloadRow } from "./download-row";

/** Models on their way; nothing where there is none. */
export function DownloadsCard() {
  const { t } = useI18n();
  const pulls = usePulls();
  if (pulls.error && !pulls.data)
    return <InlineError error={pulls.error} onRetry={() => void pulls.refetch()} />;
  if (!pulls.data || pulls.data.length === 0) return null;
  return (
    <Card title={t("pull.list")}>
      <ul className="mt-1 -mb-3">
        {pulls.data.map((pull) => (
          <DownloadRow key={pull.id} pull={pull} />
        ))}
      </ul>
    </Card>
  );
}

import { useQuery } from "@tanstack/react-query";
import type { Diagnostics } from "@/backend/api.gen";
import { InlineError } from "@/components/inline-error";
import { Page } from "@/components/page";
import { Skeleton } from "@/components/skeleton";
import { useBackend } from "@/data/backend-context";
import { queries } from "@/data/queries";
import { useLiveStatus } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { BackendsCard } from "./backends-card";
import { ChecksCard } from "./checks-card";
import { Figures } from "./figures";
import { FirewallCard } from "./firewall-card";
import { LogCard } from "./log-card";
import { NoticesCard } from "./notices-card";
import { ReportActions } from "./report-actions";
import { TrafficCard } from "./traffic-card";

export default function DiagnosticsScreen() {
  const { t } = useI18n();
  const status = useLiveStatus();
  const examination = useQuery(queries.diagnostics(useBackend()));
  const examine = () => void examination.refetch();

  return (
    <Page
      title={t("screen.diagnostics")}
      summary={<Summary diagnostics={examination.isFetching ? undefined : examination.data} />}
      action={<ReportActions onExamine={examine} examining={examination.isFetching} />}
    >
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-4">
        {examination.error && <InlineError error={examination.error} onRetry={examine} />}
        {status.data && <NoticesCard notices={status.data.notices} />}
        {status.data ? <Figures status={status.data} /> : <Skeleton className="h-28 rounded-lg!" />}
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
          {examination.data ? (
            <ChecksCard checks={examination.data.checks} />
          ) : (
            !examination.error && <Skeleton className="h-80 rounded-lg!" />
          )}
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
            {examination.data && status.data && (
              <FirewallCard firewall={examination.data.firewall} ports={status.data.ports} />
            )}
            {examination.data && (
              <TrafficCard network={examination.data.network} at={examination.dataUpdatedAt} />
            )}
            <BackendsCard />
          </div>
        </div>
        <LogCard />
      </div>
    </Page>
  );
}

function Summary({ diagnostics }: { diagnostics: Diagnostics | undefined }) {
  const { t } = useI18n();
  if (!diagnostics) return t("diagnostics.examining");
  const count = (outcome: string) => diagnostics.checks.filter((check) => check.outcome === outcome).length;
  const problems = count("problem");
  const warnings = count("warning");
  if (problems > 0) return t("diagnostics.summary_problems", { count: problems });
  if (warnings > 0) return t("diagnostics.summary_warnings", { count: warnings });
  return t("diagnostics.summary_good");
}

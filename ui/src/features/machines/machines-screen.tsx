import { InlineError } from "@/components/inline-error";
import { Page } from "@/components/page";
import { Skeleton } from "@/components/skeleton";
import { useMachines, useStatus } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { MachineCard } from "./machine-card";
import { NetworkCard } from "./network-card";
import { NetworkMap } from "./network-map";

export default function MachinesScreen() {
  const { t } = useI18n();
  const machines = useMachines();
  const status = useStatus().data;
  const self = machines.data?.find((machine) => machine.this_machine);

  return (
    <Page title={t("screen.machines")} summary={t("machines.summary", { count: machines.data?.length ?? 1 })}>
      {machines.error && (
        <div className="mt-4">
          <InlineError error={machines.error} onRetry={() => void machines.refetch()} />
        </div>
      )}
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_312px]">
        {self ? <NetworkMap self={self} /> : <Skeleton className="h-80 rounded-lg!" />}
        <div className="min-w-0 lg:row-span-2">
          {self ? <MachineCard machine={self} /> : <Skeleton className="h-96 rounded-lg!" />}
        </div>
        {status ? <NetworkCard status={status} /> : <Skeleton className="h-44 rounded-lg!" />}
      </div>
    </Page>
  );
}

import { InlineError } from "@/components/inline-error";
import { Page } from "@/components/page";
import { Skeleton } from "@/components/skeleton";
import { useModels, usePulls, useSetting } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";
import { AccessRequests } from "./access-requests";
import { DownloadsCard } from "./downloads-card";
import { GetModel } from "./get-model";
import { LineCard } from "./line-card";
import { ModelLists } from "./model-lists";
import { networkModels } from "./network-models";
import { ServersCard } from "./servers-card";
import { ShareCard } from "./share-card";

export default function ModelsScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const models = useModels();
  const sharing = useSetting("sharing.on");
  const pulls = usePulls().data ?? [];
  const view = models.data;
  // Where there is none yet, the list itself offers the first ones.
  const canGet =
    view &&
    view.here.length > 0 &&
    view.backends.some(({ standing, manages_models }) => standing === "up" && manages_models);
  return (
    <Page
      title={t("screen.models")}
      summary={view && summaryOf(i18n, view.here.length, networkModels(view.elsewhere).length)}
      action={
        canGet &&
        view && <GetModel known={[...view.here.map(({ name }) => name), ...pulls.map(({ id }) => id)]} />
      }
    >
      {models.error && (
        <div className="mt-4">
          <InlineError error={models.error} onRetry={() => void models.refetch()} />
        </div>
      )}
      <AccessRequests sharing={sharing?.value === true} />
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_304px]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <DownloadsCard />
          {view ? <ModelLists view={view} /> : !models.error && <Skeleton className="h-72 rounded-lg!" />}
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          {sharing && <ShareCard setting={sharing} />}
          {view && <ServersCard backends={view.backends} />}
          {view && <LineCard line={view.line} />}
        </div>
      </div>
    </Page>
  );
}

function summaryOf({ t }: I18n, here: number, elsewhere: number): string {
  return here + elsewhere === 0 ? t("models.summary_none") : t("models.summary", { here, elsewhere });
}

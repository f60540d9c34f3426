import { useQuery } from "@tanstack/react-query";
import type { Backend, BackendLooked } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Card } from "@/components/card";
import { InlineError } from "@/components/inline-error";
import { Mono } from "@/components/mono";
import { Skeleton } from "@/components/skeleton";
import { serverName, StandingChip } from "@/components/standing-chip";
import { useBackend } from "@/data/backend-context";
import { useProbeServer } from "@/data/model-writes";
import { queries } from "@/data/queries";
import { type I18n, useI18n } from "@/i18n/i18n";

/** What serves models: how it does, where it is, what it said last, and whether it answers a question. */
export function BackendsCard() {
  const { t } = useI18n();
  const models = useQuery(queries.models(useBackend()));
  const backends = models.data?.backends;
  return (
    <Card title={t("backends.title")} text={t("backends.text")}>
      {models.error && !backends && (
        <div className="mt-3">
          <InlineError error={models.error} onRetry={() => void models.refetch()} />
        </div>
      )}
      {!backends && !models.error && <Skeleton className="mt-3 h-16" />}
      <ul className="mt-1 -mb-2.5">
        {backends?.map((server) => (
          <BackendRow key={server.id} server={server} />
        ))}
      </ul>
    </Card>
  );
}

function BackendRow({ server }: { server: Backend }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const probe = useProbeServer(server.id);
  const { standing, since, version, models, trouble, leaves_lan, address } = server;
  const name = serverName(server);
  const up = standing === "up";
  return (
    <li aria-label={name} className="border-t border-line py-2.5 first:border-0">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-0 grow basis-44">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <bdi className="text-sm font-medium wrap-anywhere">{name}</bdi>
            <StandingChip standing={standing} />
            <span className="num text-2xs text-ink-3">
              {t("backends.since", { time: format.dateTime(since) })}
            </span>
          </p>
          <p className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
            {address && <Mono>{address}</Mono>}
            {up && version && <bdi>{t("models.version", { version })}</bdi>}
            {up && <span>{t("models.count", { count: models })}</span>}
            <span>{t(leaves_lan ? "backends.reach_beyond" : "backends.reach_lan")}</span>
          </p>
          {trouble && <p className="text-xs wrap-anywhere text-ink-3">{t("server.said", { trouble })}</p>}
        </div>
        <Btn
          size="sm"
          variant="soft"
          aria-label={t("backends.ask_named", { name })}
          busy={probe.isPending}
          onClick={() => probe.mutate(up && models > 0)}
        >
          {t("backends.ask")}
        </Btn>
      </div>
      {probe.data && (
        <p
          role="status"
          className={`mt-1.5 text-xs wrap-anywhere ${isGood(probe.data) ? "text-ok-ink" : "text-warn-ink"}`}
        >
          {probeWords(i18n, probe.data)}
        </p>
      )}
      {probe.error && (
        <div className="mt-2">
          <InlineError error={probe.error} />
        </div>
      )}
    </li>
  );
}

function isGood({ trouble, answer }: BackendLooked): boolean {
  return trouble === null && !answer?.trouble;
}

/** As far as the look went: to the server, or to a first word of a model. */
function probeWords({ t, format }: I18n, { trouble, answer, took_ms, models }: BackendLooked): string {
  if (trouble !== null) return t("backends.probe_trouble", { trouble });
  const took = format.milliseconds(took_ms ?? 0);
  if (!answer) return t(models === 0 ? "backends.probe_empty" : "backends.probe_looked", { took });
  const { model } = answer;
  if (answer.trouble !== null) return t("backends.probe_silent", { model, trouble: answer.trouble });
  return t("backends.probe_answered", { took, model, time: format.seconds(answer.took_ms) });
}

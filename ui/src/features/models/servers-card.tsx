import type { Backend, BackendStanding } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { Chip, type Tone } from "@/components/chip";
import { useI18n } from "@/i18n/i18n";

const TONES: Record<BackendStanding, Tone> = {
  unknown: "plain",
  up: "ok",
  down: "plain",
  silent: "warn",
  broken: "bad",
};

/** The programs that run models here, and how each is doing. */
export function ServersCard({ backends }: { backends: readonly Backend[] }) {
  const { t } = useI18n();
  return (
    <Card title={t("models.servers")}>
      <ul className="mt-2 grid gap-3">
        {backends.map((backend) => (
          <Server key={backend.id} backend={backend} />
        ))}
      </ul>
    </Card>
  );
}

function Server({ backend }: { backend: Backend }) {
  const { t } = useI18n();
  const { id, standing, version, models, trouble, leaves_lan } = backend;
  return (
    <li>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <bdi className="text-sm font-medium wrap-anywhere">{id === "ollama" ? "Ollama" : id}</bdi>
        <Chip tone={TONES[standing]}>{t(`models.standing_${standing}`)}</Chip>
        {leaves_lan && <Chip tone="warn">{t("models.leaves_lan")}</Chip>}
      </div>
      {standing === "up" && (
        <p className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-ink-3">
          {version && <bdi>{t("models.version", { version })}</bdi>}
          <span>{t("models.count", { count: models })}</span>
        </p>
      )}
      {trouble && (
        <p className="mt-0.5 text-xs wrap-anywhere text-ink-3">
          <bdi>{trouble}</bdi>
        </p>
      )}
    </li>
  );
}

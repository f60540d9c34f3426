import type { Backend, BackendStanding } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { Chip, type Tone } from "./chip";

const TONES: Record<BackendStanding, Tone> = {
  unknown: "plain",
  up: "ok",
  down: "plain",
  silent: "warn",
  broken: "bad",
};

/** How a server of models is doing. */
export function StandingChip({ standing }: { standing: BackendStanding }) {
  const { t } = useI18n();
  return <Chip tone={TONES[standing]}>{t(`models.standing_${standing}`)}</Chip>;
}

/** The Ollama that is found by itself has no name of its own choosing. */
export function serverName({ kind, by_hand, id }: Backend): string {
  return kind === "ollama" && !by_hand ? "Ollama" : id;
}

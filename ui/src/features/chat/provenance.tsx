import type { AnswerPlace } from "@/backend/api.gen";
import { Sigil } from "@/components/sigil";
import { useMachineKey } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import type { Answer } from "./answer";

/** Who answers: machine, model, how fast, and who began where it was not the same. */
export function Provenance({ answer, from }: { answer: Answer; from: AnswerPlace }) {
  const { t, format } = useI18n();
  const first = answer.before[0] ?? from;
  const key = useMachineKey(first.machine);
  const speed = answer.figures?.tokens_per_second;
  const firstWord = answer.figures?.first_word_ms;
  return (
    <div className="mb-2 flex min-w-0 items-center gap-2.5 text-xs text-ink-3">
      {key && <Sigil machineKey={key} size={26} />}
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <bdi className="font-semibold wrap-anywhere text-ink">{first.name}</bdi>
        {answer.before.length > 0 && (
          <span className="font-medium text-ink-2">{t("chat.continued", { name: from.name })}</span>
        )}
        <bdi className="wrap-anywhere">{from.model}</bdi>
        {speed !== null && speed !== undefined && (
          <bdi className="num">
            {t("chat.speed", { speed: format.number(speed, { maximumFractionDigits: 1 }) })}
          </bdi>
        )}
        {firstWord !== null && firstWord !== undefined && (
          <bdi className="num">{t("chat.first_word", { time: format.seconds(firstWord) })}</bdi>
        )}
      </div>
      {answer.state === "writing" && <Wire />}
    </div>
  );
}

const WIRE = "M2 7C14 7 14 2 26 2S40 12 50 12 58 7 62 7";

/** A comet runs along it while words come. */
function Wire() {
  return (
    <svg width="64" height="14" viewBox="0 0 64 14" aria-hidden className="shrink-0 rtl:-scale-x-100">
      <path d={WIRE} fill="none" stroke="var(--line-strong)" strokeWidth="1.2" />
      <path d={WIRE} fill="none" pathLength={100} stroke="url(#wire)" strokeWidth="2.4" className="flow" />
      <defs>
        <linearGradient id="wire">
          <stop stopColor="var(--m1)" />
          <stop offset=".5" stopColor="var(--m3)" />
          <stop offset="1" stopColor="var(--m4)" />
        </linearGradient>
      </defs>
    </svg>
  );
}

import { ShieldCheck, X } from "lucide-react";
import type { Candidate } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { Meter } from "@/components/meter";
import { Sigil } from "@/components/sigil";
import { useMachineKey } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import type { Answer } from "./answer";
import { droppedWords, estimateWords, ruleWords, triedWords } from "./why-words";

/** How an answer was routed: the model, who was thought of and what each would take, what was tried. */
export default function RoutePanel({ answer, onClose }: { answer: Answer; onClose: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const { why } = answer;
  if (!why) return null;
  const best = Math.min(...why.candidates.flatMap(({ estimate }) => (estimate ? [estimate.total] : [])));
  const rule = ruleWords(i18n, why);
  return (
    <div className="flex min-h-full flex-col">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <h2 className="text-sm font-semibold">{t("why.title")}</h2>
          {why.model && <bdi className="text-xs font-medium wrap-anywhere text-ink-2">{why.model}</bdi>}
          {rule && <p className="text-xs text-ink-3">{rule}</p>}
        </div>
        <IconBtn label={t("action.close")} onClick={onClose} className="-me-1 -mt-1">
          <X size={16} />
        </IconBtn>
      </div>
      <ul aria-label={t("why.candidates")} className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-4">
        {why.candidates.map((candidate) => (
          <CandidateRow key={`${candidate.machine} ${candidate.model}`} candidate={candidate} best={best} />
        ))}
      </ul>
      {why.tried.length > 0 && (
        <>
          <h3 className="mt-6 text-xs font-medium text-ink-3">{t("why.tried")}</h3>
          <ul className="mt-2 grid gap-2 text-xs text-ink-2">
            {why.tried.map((one, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- the same place may be tried twice
              <li key={index} className="wrap-anywhere">
                <bdi className="font-medium text-ink">{one.name}</bdi> {triedWords(i18n, one)}
                {one.words && <p dir="auto">{one.words}</p>}
              </li>
            ))}
          </ul>
        </>
      )}
      <Figures answer={answer} />
      {answer.from && (
        <p className="mt-auto flex gap-2.5 border-t border-line pt-3 text-xs text-ink-3">
          <ShieldCheck size={16} className="shrink-0 text-ok-ink" />
          {answer.from.this_machine ? t("why.stayed") : t("why.encrypted", { name: answer.from.name })}
        </p>
      )}
    </div>
  );
}

function CandidateRow({ candidate, best }: { candidate: Candidate; best: number }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const { estimate, name, model, chosen } = candidate;
  const key = useMachineKey(candidate.machine);
  return (
    <li className="flex gap-2.5">
      {key && <Sigil machineKey={key} size={26} faded={!estimate} />}
      <div className="min-w-0 grow">
        <div className="flex flex-wrap items-baseline gap-x-2 text-xs">
          <bdi className="min-w-0 font-medium wrap-anywhere">{name}</bdi>
          {chosen && <Chip tone="accent">{t("why.chosen")}</Chip>}
          {estimate && <bdi className="num ms-auto text-ink-3">{format.seconds(estimate.total)}</bdi>}
        </div>
        {model && <bdi className="text-2xs wrap-anywhere text-ink-3">{model}</bdi>}
        {estimate ? (
          <>
            <div className="mt-1">
              <Meter value={best / Math.max(1, estimate.total)} label={t("why.score", { name })} />
            </div>
            <p className="num mt-1 text-2xs text-ink-3">{estimateWords(i18n, estimate)}</p>
          </>
        ) : (
          <p className="mt-0.5 text-2xs text-ink-3">{droppedWords(i18n, candidate)}</p>
        )}
      </div>
    </li>
  );
}

function Figures({ answer: { figures } }: { answer: Answer }) {
  const { t, format } = useI18n();
  if (!figures) return null;
  const speed = figures.tokens_per_second;
  const rows = [
    [t("why.first_word"), figures.first_word_ms === null ? null : format.seconds(figures.first_word_ms)],
    [
      t("why.speed"),
      speed === null ? null : t("chat.speed", { speed: format.number(speed, { maximumFractionDigits: 1 }) }),
    ],
    [
      t("why.prompt"),
      figures.prompt_tokens === null ? null : t("why.tokens", { count: figures.prompt_tokens }),
    ],
    [t("why.answer"), figures.tokens === null ? null : t("why.tokens", { count: figures.tokens })],
    [t("why.total"), format.seconds(figures.total_ms)],
  ] as const;
  return (
    <>
      <h3 className="mt-6 text-xs font-medium text-ink-3">{t("why.this_answer")}</h3>
      <dl className="num mt-2 mb-4 grid grid-cols-2 gap-y-2 text-xs">
        {rows
          .filter(([, value]) => value !== null)
          .map(([label, value]) => (
            <div key={label} className="contents">
              <dt className="text-ink-3">{label}</dt>
              <dd className="text-end font-medium">
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
}

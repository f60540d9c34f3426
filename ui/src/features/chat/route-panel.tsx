import { Globe, ShieldCheck, X } from "lucide-react";
import type { AnswerPlace, Candidate, Tried } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { Meter } from "@/components/meter";
import { Sigil } from "@/components/sigil";
import { useMachineKey, useModels } from "@/data/reads";
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
          <CandidateRow
            key={`${candidate.machine} ${candidate.model}`}
            candidate={candidate}
            best={best}
            tried={why.tried.findLast(({ machine }) => machine === candidate.machine)}
          />
        ))}
      </ul>
      <Figures answer={answer} />
      {answer.from && <Whereabouts places={[...answer.before, answer.from]} />}
    </div>
  );
}

interface CandidateRowProps {
  candidate: Candidate;
  best: number;
  /** What came of asking it, where that was in vain. */
  tried: Tried | undefined;
}

function CandidateRow({ candidate, best, tried }: CandidateRowProps) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const { estimate, name, model, chosen } = candidate;
  const key = useMachineKey(candidate.machine);
  return (
    <li className="flex gap-2.5">
      {key ? (
        <Sigil machineKey={key} size={26} faded={!estimate} />
      ) : (
        <span className="size-6.5 shrink-0 rounded-full bg-press" />
      )}
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
              <Meter
                value={best / Math.max(1, estimate.total)}
                label={t("why.score", { name })}
                tone={chosen ? "mesh" : "plain"}
              />
            </div>
            <p className="num mt-1 text-2xs text-ink-3 first-letter:uppercase">
              {estimateWords(i18n, estimate)}
            </p>
          </>
        ) : (
          <p className="mt-0.5 text-2xs text-ink-3 first-letter:uppercase">
            {tried ? triedWords(i18n, tried) : droppedWords(i18n, candidate)}
          </p>
        )}
        {tried?.words && (
          <p className="mt-0.5 text-2xs text-ink-3 wrap-anywhere">
            <bdi>{tried.words}</bdi>
          </p>
        )}
      </div>
    </li>
  );
}

/** Whether the conversation left this machine or even the network. */
function Whereabouts({ places }: { places: readonly AnswerPlace[] }) {
  const { t, format } = useI18n();
  const view = useModels().data;
  const others = [...new Set(places.filter((one) => !one.this_machine).map(({ name }) => name))];
  const outside = places.some(({ machine, this_machine, model }) => {
    const models = this_machine ? view?.here : view?.elsewhere.find(({ peer }) => peer === machine)?.models;
    return models?.some(({ name, leaves_lan }) => name === model && leaves_lan);
  });
  const name = format.list(others);
  return (
    <p className="mt-auto flex gap-2.5 border-t border-line pt-3 text-xs text-ink-3">
      {outside ? (
        <Globe size={16} className="shrink-0 text-warn-ink" />
      ) : (
        <ShieldCheck size={16} className="shrink-0 text-ok-ink" />
      )}
      {others.length === 0
        ? t(outside ? "why.left_here" : "why.stayed")
        : t(outside ? "why.left" : "why.encrypted", { name })}
    </p>
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

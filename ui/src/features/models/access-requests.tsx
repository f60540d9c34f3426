import { useId, useState } from "react";
import type { Access, AccessChoice } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { Sigil } from "@/components/sigil";
import { TextField } from "@/components/text-field";
import { useAnswerAccess } from "@/data/access-writes";
import { useAccessRequests, useMachineKey } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";

const ALLOWING: readonly AccessChoice[] = ["always", "today", "once"];
const MOST_CHARS = 300;

/** A card for each machine whose person waits for an answer. */
export function AccessRequests({ sharing }: { sharing: boolean }) {
  const requests = useAccessRequests();
  return requests.map((request) => <AccessRequest key={request.peer} request={request} sharing={sharing} />);
}

function AccessRequest({ request, sharing }: { request: Access; sharing: boolean }) {
  const { t, format } = useI18n();
  const titleId = useId();
  const wordsId = useId();
  const key = useMachineKey(request.peer);
  const answer = useAnswerAccess(request.peer);
  const [words, setWords] = useState("");
  const chosen = answer.isPending ? answer.variables.answer : null;
  const say = (choice: AccessChoice) => answer.mutate({ answer: choice, words: words.trim() });
  return (
    <section
      aria-labelledby={titleId}
      className="card mt-4 grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-3 p-4 lg:grid-cols-[minmax(0,1fr)_20rem]"
    >
      <div className="flex items-start gap-3">
        {key && <Sigil machineKey={key} size={34} />}
        <div className="min-w-0 grow">
          <h2 id={titleId} className="text-sm font-semibold wrap-anywhere">
            {t("access.asks", { name: request.name })}
          </h2>
          <p className="text-xs text-ink-3">{format.dateTime(request.asked)}</p>
          {request.reason && (
            <blockquote className="mt-2 border-s-2 border-line-strong ps-3 text-sm wrap-anywhere">
              <bdi>{request.reason}</bdi>
            </blockquote>
          )}
          <p className="mt-2 text-xs text-ink-3">{t(sharing ? "access.means" : "access.means_later")}</p>
        </div>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] content-start">
        <label htmlFor={wordsId} className="mb-1 block text-2xs text-ink-3">
          {t("access.words")}
        </label>
        <TextField
          id={wordsId}
          value={words}
          onChange={setWords}
          dir={words ? "auto" : undefined}
          maxLength={MOST_CHARS}
          disabled={answer.isPending}
        />
        <div className="mt-3 flex flex-wrap gap-2">
          {ALLOWING.map((choice, index) => (
            <Btn
              key={choice}
              size="sm"
              variant={index === 0 ? "primary" : "soft"}
              busy={chosen === choice}
              disabled={answer.isPending}
              onClick={() => say(choice)}
            >
              {t(`access.answer_${choice}`)}
            </Btn>
          ))}
          <Btn
            size="sm"
            variant="outline"
            busy={chosen === "no"}
            disabled={answer.isPending}
            className="ms-auto"
            onClick={() => say("no")}
          >
            {t("access.answer_no")}
          </Btn>
        </div>
        {answer.error && (
          <div className="mt-3">
            <InlineError error={answer.error} />
          </div>
        )}
      </div>
    </section>
  );
}

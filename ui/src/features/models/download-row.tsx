import { CircleCheck, X } from "lucide-react";
import type { Pull } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Progress } from "@/components/progress";
import { useEndPull, usePull } from "@/data/model-writes";
import { useModels } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { chatWith } from "./chat-with";
import { downloadWords } from "./download-words";
import { useArrivals } from "./use-arrivals";

/** One model on its way: how far, how quick, how long, and what went wrong. */
export function DownloadRow({ pull }: { pull: Pull }) {
  const i18n = useI18n();
  const { t } = i18n;
  const pace = useArrivals(pull);
  const end = useEndPull(pull);
  const again = usePull();
  const { model, state, trouble, bytes, total_bytes: total } = pull;
  const words = downloadWords(i18n, pull, pace);
  const under_way = state === "running" || state === "waiting";
  const error = end.error ?? again.error;
  return (
    <li aria-label={model} className="border-t border-line py-3 first:border-0">
      <div className="flex items-start gap-3">
        <div className="min-w-0 grow">
          <p className="flex items-start gap-1.5 text-sm font-semibold">
            {state === "done" && (
              <CircleCheck size={16} aria-hidden className="mt-0.5 shrink-0 text-ok-ink" />
            )}
            <bdi className="wrap-anywhere">{model}</bdi>
          </p>
          {state !== "running" && (
            <p role="status" className={STATE_LOOK[state]}>
              {t(`pull.state_${state}`)}
            </p>
          )}
          {trouble && (
            <p className="text-xs wrap-anywhere text-ink-3">{t("pull.trouble", { trouble: trouble })}</p>
          )}
        </div>
        {state === "failed" && (
          <Btn size="sm" variant="soft" busy={again.isPending} onClick={() => again.mutate(model)}>
            {t("action.try_again")}
          </Btn>
        )}
        {state === "done" && <ChatBtn model={model} />}
        <IconBtn
          label={t(under_way ? "pull.cancel" : "pull.put_away", { model })}
          disabled={end.isPending}
          onClick={() => end.mutate()}
          className="-my-1.5 -me-1.5"
        >
          <X size={16} />
        </IconBtn>
      </div>
      {state !== "done" && (state !== "failed" || total > 0) && (
        <>
          <div className="mt-2">
            <Progress
              label={t("pull.progress", { model })}
              value={total > 0 ? bytes / total : null}
              text={words.join(", ")}
              still={state !== "running"}
            />
          </div>
          <p className="num mt-1.5 flex min-h-4.5 flex-wrap gap-x-2 text-xs text-ink-3">
            {words.map((part, index) => (
              <span key={part} className="min-w-0">
                {index > 0 && <span aria-hidden>· </span>}
                {part}
              </span>
            ))}
          </p>
        </>
      )}
      {error && (
        <div className="mt-2">
          <InlineError error={error} />
        </div>
      )}
    </li>
  );
}

const STATE_LOOK = {
  waiting: "text-xs text-warn-ink",
  failed: "text-xs text-bad-ink",
  done: "text-xs text-ink-3",
};

/** As soon as the model can be asked; one that is made for search never can. */
function ChatBtn({ model }: { model: string }) {
  const { t } = useI18n();
  const here = useModels().data?.here ?? [];
  const known = here.find(({ name }) => bare(name) === bare(model));
  if (!known?.chats) return null;
  return (
    <Btn
      size="sm"
      variant="primary"
      aria-label={t("models.chat_with", { name: known.name })}
      onClick={() => chatWith(known.name, "here")}
    >
      {t("models.chat")}
    </Btn>
  );
}

/** Without the tag that is meant where none is said. */
function bare(name: string): string {
  return name.toLowerCase().replace(/:latest$/, "");
}

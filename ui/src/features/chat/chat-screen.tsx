import { useQuery } from "@tanstack/react-query";
import { SquarePen } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { ChatReadiness } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Sheet } from "@/components/sheet";
import { useWide } from "@/components/use-wide";
import { useBackend } from "@/data/backend-context";
import { useChatChoice } from "@/data/chat-choice";
import { queries } from "@/data/queries";
import { useSetting } from "@/data/reads";
import { useAskReadiness } from "@/data/writes";
import { type I18n, useI18n } from "@/i18n/i18n";
import { type Answer, isRunning } from "./answer";
import { Composer } from "./composer";
import { ask, askAgain, forgetConversation, stopAnswer, useConversation, type Wish } from "./conversation";
import { setDraft, useDraft } from "./draft";
import { progressOf } from "./progress";
import { Refusal } from "./refusal";
import { RoutePickers, useAskable } from "./route-pickers";
import { modelChoices } from "./routes";
import { Welcome } from "./welcome";

const loadMessageList = () => import("./message-list");
const MessageList = lazy(loadMessageList);
const RoutePanel = lazy(() => import("./route-panel"));

export default function ChatScreen() {
  const i18n = useI18n();
  const { t } = i18n;
  const backend = useBackend();
  const text = useDraft((draft) => draft.text);
  const { turns, stop } = useConversation();
  const { place, model } = useChatChoice();
  const look = useAskReadiness();
  const [refused, setRefused] = useState(false);
  const [explained, setExplained] = useState<number | null>(null);
  const readiness = useQuery(queries.readiness(backend)).data;
  const input = useRef<HTMLTextAreaElement>(null);
  const wide = useWide();
  const maxChars = Number(useSetting("chat.max_message_chars")?.value ?? Infinity);
  const asked = useAskable();
  const leaves =
    asked && modelChoices(i18n, asked, place).some((one) => one.leavesLan && one.names.includes(model ?? ""));
  // Whoever chose such a model by its name was told where it runs, and is told again where they type.
  const wish: Wish = { place, ...(model !== null && { model }), ...(leaves && { may_leave_lan: true }) };
  const latest = turns.at(-1)?.answer;
  const shown = turns.find(({ id }) => id === explained)?.answer;

  useEffect(() => {
    // A phone would open its keyboard over the welcome.
    if (matchMedia("(hover: hover)").matches) input.current?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    // What reads markdown is not needed for the welcome, and soon when somebody types.
    if (text !== "") void loadMessageList();
  }, [text]);

  const pick = (suggestion: string) => {
    setDraft(suggestion);
    input.current?.focus();
  };

  /** Asks where something can answer; otherwise looks again, and keeps the question. */
  const send = () => {
    if (readiness?.ready) return put();
    setRefused(true);
    look.mutate(undefined, { onSuccess: ({ ready }: ChatReadiness) => ready && put() });
  };
  const put = () => {
    setRefused(false);
    const question = useDraft.getState().text.trim();
    if (question === "") return;
    ask(backend, question, wish);
    setDraft("");
  };

  const panel = shown?.why && (
    <Suspense fallback={null}>
      <RoutePanel answer={shown} onClose={() => setExplained(null)} />
    </Suspense>
  );
  return (
    <div className="flex h-full min-w-0">
      <div className="relative flex min-w-0 grow flex-col">
        <div className="aurora" />
        <header className="relative flex h-13 shrink-0 items-center gap-3 border-b border-line px-4 md:px-6">
          <h1 className="min-w-0 grow truncate text-sm font-semibold">{t("chat.title")}</h1>
          {readiness && <ReadinessChip ready={readiness.ready} />}
          {turns.length > 0 && (
            <IconBtn
              label={t("chat.new")}
              onClick={() => {
                forgetConversation();
                input.current?.focus();
              }}
            >
              <SquarePen size={17} />
            </IconBtn>
          )}
        </header>

        {turns.length === 0 ? (
          <Welcome onPick={pick} helpless={readiness?.ready === false} />
        ) : (
          <Suspense fallback={<div className="grow" />}>
            <MessageList
              turns={turns}
              onAgain={() => askAgain(backend, wish)}
              onWhy={(turn) => setExplained(turn === explained ? null : turn)}
            />
          </Suspense>
        )}

        <div className="relative shrink-0 px-3 pb-3 before:pointer-events-none before:absolute before:inset-x-0 before:-top-8 before:h-8 before:bg-linear-to-t before:from-surface before:to-transparent md:px-6 md:pb-4">
          <div className="relative mx-auto grid max-w-[712px] grid-cols-[minmax(0,1fr)] gap-3">
            {look.error && <InlineError error={look.error} onRetry={send} />}
            {refused && readiness?.ready === false && !look.error && (
              <Refusal readiness={readiness} busy={look.isPending} onRetry={send} />
            )}
            <Composer
              text={text}
              onChange={setDraft}
              onSend={send}
              onStop={stop && stopAnswer}
              asking={look.isPending}
              maxChars={maxChars}
              placeholder={t(leaves ? "chat.placeholder_leaves" : "chat.placeholder")}
              inputRef={input}
            >
              <RoutePickers />
            </Composer>
            <p role="status" className="sr-only">
              {look.isPending ? t("chat.asking") : latest ? spokenState(i18n, latest) : ""}
            </p>
          </div>
        </div>
      </div>
      {wide ? (
        panel && (
          <aside
            data-region
            aria-label={t("why.title")}
            className="w-[288px] shrink-0 overflow-y-auto border-s border-line bg-canvas/50 p-4"
            tabIndex={0}
          >
            {panel}
          </aside>
        )
      ) : (
        <Sheet open={Boolean(panel)} onClose={() => setExplained(null)} label={t("why.title")}>
          {panel}
        </Sheet>
      )}
    </div>
  );
}

/** What a screen reader is told of the latest answer; its text is read in the list. */
function spokenState(i18n: I18n, answer: Answer): string {
  const { t } = i18n;
  if (answer.state === "writing") return t("chat.answering", { machine: answer.from?.name ?? "" });
  if (isRunning(answer)) return progressOf(i18n, answer);
  if (answer.state === "failed") return "";
  return t("chat.finished", { count: answer.text.split(/\s+/).filter(Boolean).length });
}

function ReadinessChip({ ready }: { ready: boolean }) {
  const { t } = useI18n();
  return ready ? (
    <Chip tone="ok">{t("chat.readiness_ready")}</Chip>
  ) : (
    <Chip tone="warn">{t("chat.readiness_waiting")}</Chip>
  );
}

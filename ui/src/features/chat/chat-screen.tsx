import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Chip } from "@/components/chip";
import { Field } from "@/components/field";
import { InlineError } from "@/components/inline-error";
import { Logo } from "@/components/logo";
import { useBackend } from "@/data/backend-context";
import { queries } from "@/data/queries";
import { useSetting } from "@/data/reads";
import { useAskReadiness } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";
import { Composer } from "./composer";
import { setDraft, useDraft } from "./draft";
import { Refusal } from "./refusal";
import { Suggestions } from "./suggestions";

export default function ChatScreen() {
  const { t } = useI18n();
  const text = useDraft((draft) => draft.text);
  const ask = useAskReadiness();
  const [asked, setAsked] = useState(false);
  const readiness = useQuery(queries.readiness(useBackend())).data;
  const input = useRef<HTMLTextAreaElement>(null);
  const maxChars = Number(useSetting("chat.max_message_chars")?.value ?? Infinity);

  useEffect(() => {
    // A phone would open its keyboard over the welcome.
    if (matchMedia("(hover: hover)").matches) input.current?.focus({ preventScroll: true });
  }, []);

  const pick = (suggestion: string) => {
    setDraft(suggestion);
    input.current?.focus();
  };

  const send = () => {
    setAsked(true);
    ask.mutate();
  };

  return (
    <div className="relative flex h-full min-w-0 flex-col">
      <div className="aurora" />
      <header className="relative flex h-13 shrink-0 items-center gap-3 border-b border-line px-4 md:px-6">
        <h1 className="min-w-0 grow truncate text-sm font-semibold">{t("chat.title")}</h1>
        {readiness && <ReadinessChip ready={readiness.ready} />}
      </header>

      <div
        className="relative min-h-0 grow overflow-x-hidden overflow-y-auto"
        tabIndex={0}
        role="region"
        aria-label={t("chat.title")}
      >
        <Field opacity={0.7} />
        <div className="relative mx-auto flex min-h-full max-w-[712px] flex-col justify-center px-4 py-8 md:px-6">
          <div className="mb-8 flex flex-col items-center text-center">
            <Logo size={52} />
            <h2 className="mt-5 text-xl font-semibold sm:text-2xl tracking-[-.015em]">
              {t("chat.greeting")}
            </h2>
            <p className="mt-2 text-sm text-ink-2">{t("chat.promise")}</p>
          </div>
          <Suggestions onPick={pick} />
        </div>
      </div>

      <div className="relative shrink-0 px-3 pb-3 before:pointer-events-none before:absolute before:inset-x-0 before:-top-8 before:h-8 before:bg-linear-to-t before:from-surface before:to-transparent md:px-6 md:pb-4">
        <div className="relative mx-auto grid max-w-[712px] gap-3">
          {ask.error && <InlineError error={ask.error} onRetry={send} />}
          {asked && readiness && !ask.error && (
            <Refusal readiness={readiness} busy={ask.isPending} onRetry={send} />
          )}
          <Composer
            text={text}
            onChange={setDraft}
            onSend={send}
            asking={ask.isPending}
            maxChars={maxChars}
            inputRef={input}
          />
          <p role="status" className="sr-only">
            {ask.isPending ? t("chat.asking") : ""}
          </p>
        </div>
      </div>
    </div>
  );
}

function ReadinessChip({ ready }: { ready: boolean }) {
  const { t } = useI18n();
  return ready ? (
    <Chip tone="ok">{t("chat.readiness_ready")}</Chip>
  ) : (
    <Chip tone="warn">{t("chat.readiness_waiting")}</Chip>
  );
}

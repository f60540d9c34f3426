import { Field } from "@/components/field";
import { Logo } from "@/components/logo";
import { useI18n } from "@/i18n/i18n";
import { Suggestions } from "./suggestions";
import { WaysCard } from "./ways-card";

interface WelcomeProps {
  onPick: (suggestion: string) => void;
  /** Nothing can answer yet. */
  helpless: boolean;
}

/** The chat before the first question. */
export function Welcome({ onPick, helpless }: WelcomeProps) {
  const { t } = useI18n();
  return (
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
          <h2 className="mt-5 text-xl font-semibold sm:text-2xl tracking-[-.015em]">{t("chat.greeting")}</h2>
          <p className="mt-2 text-sm text-ink-2">{t("chat.promise")}</p>
        </div>
        {helpless ? <WaysCard /> : <Suggestions onPick={onPick} />}
      </div>
    </div>
  );
}

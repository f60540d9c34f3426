import { Box } from "lucide-react";
import type { Backend } from "@/backend/api.gen";
import { CopyBtn } from "@/components/copy-btn";
import { SentenceText } from "@/components/sentence-text";
import { useI18n } from "@/i18n/i18n";

const FIRST_MODEL = "ollama pull llama3.2";

/** How to come to a first model on this machine. */
export function FirstModel({ backends }: { backends: readonly Backend[] }) {
  const { t } = useI18n();
  const running = backends.some(({ standing }) => standing === "up");
  return (
    <div className="flex flex-col items-center px-2 py-10 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
        <Box size={20} strokeWidth={1.8} />
      </span>
      <p className="mt-3 text-sm font-semibold">{t("models.none_here")}</p>
      <ol className="mt-1 grid max-w-96 gap-1 text-xs text-ink-2">
        {!running && <li>{t("models.install")}</li>}
        <li>
          <SentenceText text={t("models.pull")} />
          <CopyBtn
            text={FIRST_MODEL}
            label={`${t("action.copy")}: ${FIRST_MODEL}`}
            className="-my-1 ms-1 align-middle"
          />
        </li>
      </ol>
    </div>
  );
}

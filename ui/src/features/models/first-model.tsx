import { Box } from "lucide-react";
import type { Backend, Pull } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { GetModelForm } from "./get-model-form";

interface FirstModelProps {
  backends: readonly Backend[];
  pulls: readonly Pull[];
}

/** How to come to a first model on this machine. */
export function FirstModel({ backends, pulls }: FirstModelProps) {
  const { t } = useI18n();
  const canPull = backends.some(({ standing, manages_models }) => standing === "up" && manages_models);
  const coming = pulls.some(({ state }) => state === "running" || state === "waiting");
  return (
    <div className="flex flex-col items-center px-2 pt-8 pb-6 text-center">
      <span className="grid size-11 place-items-center rounded-full bg-accent-soft text-accent-ink">
        <Box size={20} strokeWidth={1.8} />
      </span>
      <p className="mt-3 text-sm font-semibold">{t("models.none_here")}</p>
      <p className="mt-1 max-w-100 text-xs text-ink-2">
        {t(coming ? "models.first_coming" : canPull ? "models.first_choose" : "models.install")}
      </p>
      {canPull && !coming && (
        <div className="mt-5 w-full max-w-120">
          <GetModelForm known={[]} />
        </div>
      )}
    </div>
  );
}

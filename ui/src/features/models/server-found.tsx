import { clsx } from "clsx";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { BackendLooked } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";

/** What a look at a server showed. */
export function ServerFound({ found }: { found: BackendLooked }) {
  const { t, format } = useI18n();
  const { took_ms, version, models, trouble } = found;
  const good = trouble === null && models > 0;
  const Icon = good ? CircleCheck : TriangleAlert;
  return (
    <div
      role="status"
      className={clsx(
        "flex items-start gap-2 rounded-md p-2.5 text-xs",
        good ? "bg-ok-soft" : "bg-warn-soft",
      )}
    >
      <Icon
        size={15}
        aria-hidden
        className={clsx("mt-0.5 shrink-0", good ? "text-ok-ink" : "text-warn-ink")}
      />
      <div className="min-w-0 grow">
        <p className="font-medium">
          {trouble !== null
            ? t("server.found_trouble")
            : models === 0
              ? t("server.found_empty")
              : t("server.found_models", { count: models })}
        </p>
        {trouble !== null ? (
          <p className="wrap-anywhere text-ink-2">{t("server.said", { trouble })}</p>
        ) : (
          <p className="num flex flex-wrap gap-x-3 text-ink-2">
            {took_ms !== null && <span>{t("server.took", { time: format.milliseconds(took_ms) })}</span>}
            {version && <bdi>{t("models.version", { version })}</bdi>}
          </p>
        )}
      </div>
    </div>
  );
}

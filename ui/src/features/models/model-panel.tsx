import { Trash2, X } from "lucide-react";
import { useId, useState } from "react";
import type { Model, ModelsView } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Skeleton } from "@/components/skeleton";
import { useShownModel } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { chatWith } from "./chat-with";
import { DeleteModel } from "./delete-model";
import { ModelFacts, ModelTexts } from "./model-facts";

interface ModelPanelProps {
  model: Model;
  view: ModelsView;
  onClose: () => void;
}

/** Everything about one model of this machine. */
export function ModelPanel({ model, view, onClose }: ModelPanelProps) {
  const { t } = useI18n();
  const titleId = useId();
  const shown = useShownModel(model.name);
  const [deleting, setDeleting] = useState(false);
  const server = view.backends.find(({ id }) => id === shown.data?.backend);
  return (
    <section aria-labelledby={titleId} className="min-w-0">
      <header className="flex items-start gap-3">
        <div className="min-w-0 grow">
          <h2 id={titleId} className="text-base leading-6 font-semibold wrap-anywhere">
            <bdi>{model.name}</bdi>
          </h2>
          <div className="mt-1 flex flex-wrap gap-1.5">
            {model.loaded && <Chip tone="ok">{t("models.loaded")}</Chip>}
            {model.leaves_lan && <Chip tone="warn">{t("models.leaves_lan")}</Chip>}
            {!model.chats && <Chip>{t("models.embeds")}</Chip>}
          </div>
        </div>
        <IconBtn label={t("action.close")} onClick={onClose} className="-me-1.5 -mt-1">
          <X size={16} />
        </IconBtn>
      </header>
      {shown.error && (
        <div className="mt-4">
          <InlineError error={shown.error} onRetry={() => void shown.refetch()} />
        </div>
      )}
      <ModelFacts model={model} shown={shown.data} server={server} />
      {shown.data ? <ModelTexts shown={shown.data} /> : !shown.error && <Skeleton className="mt-4 h-24" />}
      <div className="mt-5 flex flex-wrap gap-2 border-t border-line pt-4">
        {model.chats && (
          <Btn size="sm" variant="primary" onClick={() => chatWith(model.name, "here")}>
            {t("models.chat")}
          </Btn>
        )}
        {server?.manages_models && (
          <Btn size="sm" variant="outline" onClick={() => setDeleting(true)}>
            <Trash2 size={14} />
            {t("delete.open")}
          </Btn>
        )}
      </div>
      <DeleteModel
        model={model}
        others={view.here}
        open={deleting}
        onClose={() => setDeleting(false)}
        onGone={onClose}
      />
    </section>
  );
}

import type { Model } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { tell } from "@/components/toast-manager";
import { useDeleteModel } from "@/data/model-writes";
import { type I18n, useI18n } from "@/i18n/i18n";

interface DeleteModelProps {
  model: Model;
  /** All models of this machine. */
  others: readonly Model[];
  open: boolean;
  onClose: () => void;
  onGone: () => void;
}

/** What is gone has to be downloaded again, so it is asked first. */
export function DeleteModel({ model, others, open, onClose, onGone }: DeleteModelProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const remove = useDeleteModel();
  const close = () => {
    remove.reset();
    onClose();
  };
  const consent = () =>
    remove.mutate(
      { model: model.name },
      {
        onSuccess() {
          tell(t("delete.done", { model: model.name }));
          onGone();
        },
      },
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("delete.title", { model: model.name })}
      text={`${freed(i18n, model, others)} ${t("delete.text")}`}
    >
      {remove.error && (
        <div className="mt-4">
          <InlineError error={remove.error} />
        </div>
      )}
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={close}>
          {t("action.cancel")}
        </Btn>
        <Btn variant="danger" busy={remove.isPending} onClick={consent}>
          {t("delete.open")}
        </Btn>
      </div>
    </Dialog>
  );
}

/** The same file under another name stays where it is. */
function freed({ t, format }: I18n, { name, digest, bytes }: Model, others: readonly Model[]): string {
  const twin = others.find((other) => other.name !== name && digest !== null && other.digest === digest);
  return twin
    ? t("delete.frees_nothing", { other: twin.name })
    : t("delete.frees", { bytes: format.bytes(bytes) });
}

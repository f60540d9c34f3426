import type { Backend } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { InlineError } from "@/components/inline-error";
import { tell } from "@/components/toast-manager";
import { useRemoveServer } from "@/data/model-writes";
import { useI18n } from "@/i18n/i18n";

interface RemoveServerProps {
  server: Backend;
  open: boolean;
  onClose: () => void;
}

/** A server that is forgotten takes its key along, so it is asked first. */
export function RemoveServer({ server, open, onClose }: RemoveServerProps) {
  const { t } = useI18n();
  const remove = useRemoveServer();
  const name = server.id;
  const close = () => {
    remove.reset();
    onClose();
  };
  const consent = () =>
    remove.mutate(
      { id: name },
      {
        onSuccess() {
          tell(t("server.removed", { name }));
          onClose();
        },
      },
    );
  return (
    <Dialog
      open={open}
      onClose={close}
      title={t("server.remove_title", { name })}
      text={t(server.has_key ? "server.remove_with_key" : "server.remove_text")}
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
          {t("server.remove")}
        </Btn>
      </div>
    </Dialog>
  );
}

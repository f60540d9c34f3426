import type { Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Dialog } from "@/components/dialog";
import { useI18n } from "@/i18n/i18n";
import { peerName } from "../peer-status";

interface AdminQuestionProps {
  peer: Peer;
  open: boolean;
  onClose: () => void;
  onConsent: () => void;
}

/** Asked before somebody else's machine may change settings here. */
export function AdminQuestion({ peer, open, onClose, onConsent }: AdminQuestionProps) {
  const { t } = useI18n();
  const name = peerName(peer);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("permission.admin_title", { name })}
      text={t("permission.admin_text")}
    >
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onClose}>
          {t("action.cancel")}
        </Btn>
        <Btn variant="danger" onClick={onConsent}>
          {t("permission.admin_consent")}
        </Btn>
      </div>
    </Dialog>
  );
}

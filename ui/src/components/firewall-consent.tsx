import type { Ports } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { Btn } from "./btn";
import { Dialog } from "./dialog";

interface FirewallConsentProps {
  open: boolean;
  ports: Ports;
  onClose: () => void;
  onConsent: () => void;
}

/** Asked before the firewall of the system is changed. */
export function FirewallConsent({ open, ports, onClose, onConsent }: FirewallConsentProps) {
  const { t } = useI18n();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("firewall.consent_title")}
      text={t("firewall.consent_text", { tcp: String(ports.tcp), udp: String(ports.udp) })}
    >
      <div className="mt-5 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onClose}>
          {t("action.cancel")}
        </Btn>
        <Btn variant="primary" onClick={onConsent}>
          {t("firewall.do_open")}
        </Btn>
      </div>
    </Dialog>
  );
}

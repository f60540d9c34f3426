import { ShieldCheck, ShieldQuestionMark, ShieldX } from "lucide-react";
import { useState } from "react";
import type { Firewall, Ports } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { Card } from "@/components/card";
import { Chip, type Tone } from "@/components/chip";
import { CommandLine } from "@/components/command-line";
import { FirewallConsent } from "@/components/firewall-consent";
import { InlineError } from "@/components/inline-error";
import { tell } from "@/components/toast-manager";
import { useOpenFirewall } from "@/data/writes";
import { useI18n } from "@/i18n/i18n";

type State = "open" | "closed" | "unclear";

const LOOKS: Record<State, { icon: typeof ShieldX; tone: Tone }> = {
  open: { icon: ShieldCheck, tone: "ok" },
  closed: { icon: ShieldX, tone: "warn" },
  unclear: { icon: ShieldQuestionMark, tone: "plain" },
};

/** Whether others get in, and the two ways to let them. Nothing is opened without asking. */
export function FirewallCard({ firewall, ports }: { firewall: Firewall; ports: Ports }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const open = useOpenFirewall();
  const state = stateOf(firewall);

  const consent = () => {
    setAsking(false);
    open.mutate(undefined, { onSuccess: () => tell(t("firewall.opened")) });
  };

  return (
    <Card
      title={t("firewall.title")}
      text={t(`firewall.${firewall.kind}`)}
      action={state !== "none" && state !== "absent" && <StateChip state={state} />}
    >
      <p className="mt-2 text-sm text-ink-2">{t(`firewall.${state}_text`)}</p>
      {firewall.command && (
        <div className="mt-3">
          <p className="text-2xs text-ink-3">{t("firewall.command")}</p>
          <CommandLine command={firewall.command} />
        </div>
      )}
      {open.error && (
        <div className="mt-3">
          <InlineError error={open.error} />
        </div>
      )}
      {firewall.can_open && (
        <Btn variant="soft" className="mt-3" busy={open.isPending} onClick={() => setAsking(true)}>
          <ShieldCheck size={16} />
          {t("firewall.do_open")}
        </Btn>
      )}
      <FirewallConsent open={asking} ports={ports} onClose={() => setAsking(false)} onConsent={consent} />
    </Card>
  );
}

function StateChip({ state }: { state: State }) {
  const { t } = useI18n();
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <Chip tone={tone}>
      <Icon size={13} />
      {t(`firewall.${state}`)}
    </Chip>
  );
}

/** Where none is on, whether that is sure. */
function stateOf({ kind, open }: Firewall): State | "none" | "absent" {
  if (kind === "none") return open ? "absent" : "none";
  if (open === null) return "unclear";
  return open ? "open" : "closed";
}

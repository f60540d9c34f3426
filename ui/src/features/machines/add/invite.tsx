import { User, Users } from "lucide-react";
import { useState } from "react";
import type { JoinKind, Ticket } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { ChoiceCards } from "@/components/choice-cards";
import { InlineError } from "@/components/inline-error";
import { QrCode } from "@/components/qr-code";
import { SecretText } from "@/components/secret-text";
import { SentenceText } from "@/components/sentence-text";
import { useMakeTicket } from "@/data/join-writes";
import { useI18n } from "@/i18n/i18n";
import { InvitationList } from "./invitation-list";

/** Makes an invitation, shows it once, and lists those that were made. */
export function Invite({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const make = useMakeTicket();
  const [kind, setKind] = useState<JoinKind | null>(null);
  const [missing, setMissing] = useState(false);

  if (make.data) return <Made ticket={make.data} onClose={onClose} onAnother={make.reset} />;
  return (
    <div className="mt-4 grid gap-4">
      <ChoiceCards
        question={t("invite.whose")}
        value={kind}
        choices={[
          { value: "mine", title: t("invite.mine"), text: t("invite.mine_text"), icon: User },
          { value: "team", title: t("invite.team"), text: t("invite.team_text"), icon: Users },
        ]}
        onChange={(chosen) => {
          setMissing(false);
          setKind(chosen);
        }}
        problem={missing ? t("invite.whose_missing") : undefined}
      />
      {make.error && <InlineError error={make.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onClose}>
          {t("action.cancel")}
        </Btn>
        <Btn
          variant="primary"
          busy={make.isPending}
          onClick={() => (kind === null ? setMissing(true) : make.mutate(kind))}
        >
          {t("invite.make")}
        </Btn>
      </div>
      <InvitationList />
    </div>
  );
}

interface MadeProps {
  ticket: Ticket;
  onClose: () => void;
  onAnother: () => void;
}

function Made({ ticket, onClose, onAnother }: MadeProps) {
  const { t, format } = useI18n();
  return (
    <div className="mt-4 grid gap-3">
      <p role="status" className="text-sm font-medium">
        {t(`invite.made_${ticket.kind}`)}
      </p>
      <div className="justify-self-center">
        <QrCode rows={ticket.qr} label={t("invite.qr")} />
      </div>
      <SecretText text={ticket.text} label={t("invite.ticket")} />
      <p className="text-xs text-ink-2">
        <SentenceText text={t("invite.made_text", { time: format.dateTime(ticket.expires_at) })} />
      </p>
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <Btn variant="outline" onClick={onAnother}>
          {t("invite.another")}
        </Btn>
        <Btn variant="primary" onClick={onClose}>
          {t("action.done")}
        </Btn>
      </div>
    </div>
  );
}

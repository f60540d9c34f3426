import { X } from "lucide-react";
import type { Invitation } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Mono } from "@/components/mono";
import { tell } from "@/components/toast-manager";
import { useWithdrawTicket } from "@/data/join-writes";
import { useInvitations, usePeers } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { peerName } from "../peer-status";
import { useNow } from "@/components/use-now";

const AGES_EVERY_MS = 10_000;

/** The invitations that were made here, with what became of them. */
export function InvitationList() {
  const { t } = useI18n();
  const invitations = useInvitations();
  if (invitations.error) return <InlineError error={invitations.error} />;
  if (!invitations.data || invitations.data.length === 0) return null;
  return (
    <div className="border-t border-line pt-3">
      <h3 className="text-xs font-semibold">{t("invite.list")}</h3>
      <ul className="mt-1">
        {invitations.data.map((invitation) => (
          <Row key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </div>
  );
}

function Row({ invitation }: { invitation: Invitation }) {
  const { t, say, format } = useI18n();
  const now = useNow(AGES_EVERY_MS);
  const withdraw = useWithdrawTicket();
  const user = usePeers().data?.find((peer) => peer.short_id === invitation.redeemed_by);
  const over = new Date(invitation.expires_at).getTime() <= now;
  const state = invitation.redeemed_by ? "used" : over ? "over" : "open";
  return (
    <li className="border-t border-line py-2 first:border-0">
      <div className="flex items-center gap-2 text-sm">
        <span className="min-w-0 grow">
          {t(`invite.${invitation.kind}`)} <Mono className="text-xs text-ink-3">{invitation.id}</Mono>
          <span className="block text-xs text-ink-3">
            {invitation.redeemed_by
              ? t("invite.used_by", { name: user ? peerName(user) : invitation.redeemed_by })
              : t("invite.until", { time: format.dateTime(invitation.expires_at) })}
          </span>
        </span>
        <Chip tone={state === "open" ? "accent" : "plain"}>{t(`invite.state_${state}`)}</Chip>
        {state === "open" && (
          <IconBtn
            label={t("invite.withdraw", { id: invitation.id })}
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate(invitation.id, { onSuccess: () => tell(t("invite.withdrawn")) })}
          >
            <X size={15} />
          </IconBtn>
        )}
      </div>
      {withdraw.error && (
        <p role="alert" className="text-xs text-bad-ink">
          {say(withdraw.error).title}
        </p>
      )}
    </li>
  );
}

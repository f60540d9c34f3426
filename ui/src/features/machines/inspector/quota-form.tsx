import type { Peer, PeerQuota } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { NumberField } from "@/components/number-field";
import { useSetQuota } from "@/data/peer-writes";
import { useI18n } from "@/i18n/i18n";
import { Section } from "./section";

const MEGABYTE = 1024 ** 2;

/** Where a person starts from who wants something else than what is usual. */
const START: PeerQuota = { messages_per_minute: 6000, storage_bytes: 1000 * MEGABYTE };

/** How much the machine may cost this one. */
export function QuotaForm({ peer }: { peer: Peer }) {
  const { t } = useI18n();
  const set = useSetQuota(peer.id);
  const { quota } = peer;
  const change = (part: Partial<PeerQuota>) => set.mutate({ ...(quota ?? START), ...part });
  return (
    <Section title={t("peer.quota")} text={t("peer.quota_text")}>
      {set.error && (
        <div className="mt-2">
          <InlineError error={set.error} />
        </div>
      )}
      <div className="mt-2 grid gap-3">
        <NumberField
          label={t("peer.quota_messages")}
          value={quota?.messages_per_minute ?? null}
          {...(!quota && { empty: t("peer.quota_usual") })}
          onChange={(value) => value !== null && change({ messages_per_minute: value })}
        />
        <NumberField
          label={t("peer.quota_storage")}
          value={quota ? Math.round(quota.storage_bytes / MEGABYTE) : null}
          suffix={t("unit.megabytes")}
          {...(!quota && { empty: t("peer.quota_usual") })}
          onChange={(value) => value !== null && change({ storage_bytes: value * MEGABYTE })}
        />
        {quota && (
          <Btn
            size="sm"
            variant="outline"
            className="justify-self-start"
            busy={set.isPending}
            onClick={() => set.mutate(null)}
          >
            {t("peer.quota_reset")}
          </Btn>
        )}
      </div>
    </Section>
  );
}

import type { ReactNode } from "react";
import type { Peer } from "@/backend/api.gen";
import { Fact } from "@/components/fact";
import { Mono } from "@/components/mono";
import { useThisMachine } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { lastSeen } from "../peer-status";
import { useNow } from "@/components/use-now";
import { Section } from "./section";

const AGES_EVERY_MS = 10_000;

/** What is known about a machine and how it is known. */
export function PeerFacts({ peer }: { peer: Peer }) {
  const { t, format } = useI18n();
  const now = useNow(AGES_EVERY_MS);
  const copied = (label: string, text: string) => ({ text, label: `${t("action.copy")}: ${label}` });
  return (
    <Section title={t("peer.facts")}>
      <dl className="mt-2 grid gap-3">
        <Fact label={t("machines.id")} copy={copied(t("machines.id"), peer.id)}>
          <Mono className="text-xs">{peer.id}</Mono>
        </Fact>
        {peer.person && <Owner person={peer.person} />}
        {peer.trusted_since && (
          <Fact label={t("peer.trusted_since")}>{format.dateTime(peer.trusted_since)}</Fact>
        )}
        {peer.origin && <Fact label={t("peer.origin")}>{t(`peer.origin_${peer.origin}`)}</Fact>}
        {peer.session_since && (
          <Fact label={t("peer.session")}>
            <Session peer={peer} since={peer.session_since} now={now} />
          </Fact>
        )}
        {peer.rtt_ms !== null && (
          <Fact label={t("column.rtt")}>
            <bdi className="num">{format.milliseconds(peer.rtt_ms)}</bdi>
          </Fact>
        )}
        {peer.addresses.length > 0 && (
          <Fact label={t("peer.addresses")}>
            {peer.addresses.map((address) => (
              <span key={address} className="block">
                <Mono>{address}</Mono>
              </span>
            ))}
          </Fact>
        )}
        <Fact label={t("column.models")}>{t(peer.has_llm ? "peer.models_yes" : "peer.models_no")}</Fact>
        <Fact label={t("column.seen")}>{lastSeen(peer, format, now) || t("peer.never_seen")}</Fact>
      </dl>
    </Section>
  );
}

function Owner({ person }: { person: string }) {
  const { t } = useI18n();
  const mine = useThisMachine()?.person === person;
  return (
    <Fact label={t("machines.person")}>
      <Mono>{person}</Mono>
      {mine && <span className="ms-2 text-xs text-ink-3">{t("peer.person_you")}</span>}
    </Fact>
  );
}

function Session({ peer, since, now }: { peer: Peer; since: string; now: number }): ReactNode {
  const { t, format } = useI18n();
  const seconds = Math.max(0, (now - new Date(since).getTime()) / 1000);
  return (
    <>
      {t("peer.session_for", { time: format.duration(seconds) })}
      {peer.session_address && <Mono className="block text-xs text-ink-2">{peer.session_address}</Mono>}
    </>
  );
}

import type { Peer, TrafficCount } from "@/backend/api.gen";
import { useModels } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { Section } from "./section";

const ROWS = [
  ["questions", "questions"],
  ["tokens_read", "read"],
  ["tokens_written", "written"],
] as const satisfies readonly [keyof TrafficCount, string][];

/** What went between this machine and another about models, counted. */
export function PeerTraffic({ peer }: { peer: Peer }) {
  const { t, format } = useI18n();
  const traffic = useModels().data?.traffic.find((one) => one.peer === peer.id);
  if (!traffic) return <Section title={t("peer.traffic")} text={t("peer.traffic_none")} />;
  return (
    <Section title={t("peer.traffic")} text={t("peer.traffic_text")}>
      <table className="mt-2 w-full text-xs">
        <thead className="text-2xs text-ink-3">
          <tr>
            <th scope="col" className="text-start font-normal">
              <span className="sr-only">{t("peer.traffic_what")}</span>
            </th>
            <th scope="col" className="text-end font-medium">
              {t("peer.traffic_asked")}
            </th>
            <th scope="col" className="ps-3 text-end font-medium">
              {t("peer.traffic_served")}
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([count, name]) => (
            <tr key={name}>
              <th scope="row" className="py-1 text-start font-normal text-ink-2">
                {t(`peer.traffic_${name}`)}
              </th>
              <td className="num py-1 text-end">{format.number(traffic.asked[count])}</td>
              <td className="num py-1 ps-3 text-end">{format.number(traffic.served[count])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="num mt-1 text-xs text-ink-3">
        {t("peer.traffic_messages", { sent: traffic.messages_sent, heard: traffic.messages_heard })}
      </p>
    </Section>
  );
}

import { Radar } from "lucide-react";
import type { Peer } from "@/backend/api.gen";
import { usePairingsThatWait } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import { href, type Screen } from "@/routing/router";

/** On every other screen: somebody is waiting over there. It leads to them and takes nothing away. */
export function PairingBanner({ screen }: { screen: Screen }) {
  const [first, ...others] = usePairingsThatWait();
  const shown = screen === "machines" ? undefined : first;
  return (
    // Always there, so that a screen reader hears what comes into it.
    <div role="status">{shown && <Words peer={shown} others={others.length} />}</div>
  );
}

function Words({ peer, others }: { peer: Peer; others: number }) {
  const { t } = useI18n();
  const name = peer.name ?? peer.id.slice(0, 9);
  const step = peer.pairing?.step === "compare" ? "compare" : "requested";
  return (
    <div className="flex shrink-0 items-center gap-3 bg-accent-soft px-4 py-2 text-xs">
      <Radar size={16} aria-hidden className="shrink-0 text-accent-ink" />
      <span className="min-w-0 grow wrap-anywhere">
        {t(`pairing_banner.${step}`, { name })}
        {others > 0 && ` ${t("pairing_banner.others", { count: others })}`}
      </span>
      <a
        href={href({ screen: "machines" })}
        className="inline-flex h-8 shrink-0 items-center rounded-md border border-line-strong bg-raised px-2.5 font-medium transition-colors hover:bg-press"
      >
        {t("pairing_banner.look")}
      </a>
    </div>
  );
}

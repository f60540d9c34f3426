import { clsx } from "clsx";
import { Check } from "lucide-react";
import { memo } from "react";
import type { Peer } from "@/backend/api.gen";
import { Chip } from "@/components/chip";
import { Mono } from "@/components/mono";
import { Sigil } from "@/components/sigil";
import { useI18n } from "@/i18n/i18n";
import { FormIcon } from "../form-icon";
import { isFaded, lastSeen, peerName, statusOf, TONES } from "../peer-status";

/** The columns of head and rows; narrow places show fewer. */
export const GRID =
  "grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2.5 @[28rem]:grid-cols-[minmax(0,1fr)_7.25rem_4.5rem] @[40rem]:grid-cols-[minmax(0,1fr)_4.25rem_7.25rem_4.5rem_3.75rem_5.5rem]";
export const FROM_MEDIUM = "hidden @[28rem]:block";
export const FROM_WIDE = "hidden @[40rem]:block";

interface PeerRowProps {
  peer: Peer;
  /** Counted from one, the head included. */
  index: number;
  selected: boolean;
  tabStop: boolean;
  now: number;
  onSelect: (id: string) => void;
}

export const PeerRow = memo(function PeerRow({
  peer,
  index,
  selected,
  tabStop,
  now,
  onSelect,
}: PeerRowProps) {
  const { t, format } = useI18n();
  const status = statusOf(peer);
  // Where it listens; the port that it called from leads nowhere.
  const address = peer.addresses[0] ?? peer.session_address;
  return (
    <div
      role="row"
      aria-rowindex={index}
      data-row
      className={clsx(
        GRID,
        "relative h-14 border-t border-line px-4 text-sm",
        selected ? "bg-accent-soft/60" : "hover:bg-press/50",
      )}
    >
      <div role="rowheader" className="flex min-w-0 items-center gap-3">
        <Sigil machineKey={peer.key} size={30} faded={isFaded(peer)} />
        <div className="min-w-0">
          {/* The whole row is its target. */}
          <button
            type="button"
            data-peer={peer.id}
            tabIndex={tabStop ? 0 : -1}
            aria-pressed={selected}
            onClick={() => onSelect(peer.id)}
            className="flex max-w-full items-center gap-1.5 font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-ink"
          >
            <bdi className="truncate">{peerName(peer)}</bdi>
            {peer.form !== "unknown" && (
              <span className="text-ink-3" title={t(`form.${peer.form}`)}>
                <FormIcon form={peer.form} />
              </span>
            )}
          </button>
          <div className="truncate text-xs text-ink-3">
            {address ? <Mono>{address}</Mono> : t("peer.no_address")}
          </div>
        </div>
      </div>
      <div role="cell" className={clsx(FROM_WIDE, "text-ink-2")}>
        {peer.relation ? t(`peer.whose_${peer.relation}`) : <Nothing />}
      </div>
      <div role="cell" className="min-w-0">
        <Chip tone={TONES[status]}>{t(`peer.status_${status}`)}</Chip>
      </div>
      <div role="cell" className={clsx(FROM_MEDIUM, "num text-end whitespace-nowrap")}>
        {peer.rtt_ms === null ? <Nothing /> : <bdi>{format.milliseconds(peer.rtt_ms)}</bdi>}
      </div>
      <div role="cell" className={clsx(FROM_WIDE, "ps-2")}>
        {peer.has_llm ? (
          <Check size={15} role="img" aria-label={t("peer.models_yes")} className="text-ok-ink" />
        ) : (
          <Nothing meaning={t("peer.models_no")} />
        )}
      </div>
      <div role="cell" className={clsx(FROM_WIDE, "truncate text-xs text-ink-2")}>
        {lastSeen(peer, format, now) || <Nothing />}
      </div>
    </div>
  );
});

function Nothing({ meaning }: { meaning?: string }) {
  return (
    <span className="text-ink-3" role={meaning && "img"} aria-label={meaning}>
      –
    </span>
  );
}

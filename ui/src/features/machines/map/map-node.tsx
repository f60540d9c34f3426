import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { Machine, Peer } from "@/backend/api.gen";
import type { Tone } from "@/components/chip";
import { Sigil } from "@/components/sigil";
import { useI18n } from "@/i18n/i18n";
import { FormIcon } from "../form-icon";
import { isFaded, isPairing, moreOf, peerName, statusOf, TONES } from "../peer-status";
import type { Point } from "./map-layout";
import type { Group } from "./map-members";
import type { Room } from "./use-room";

interface Place {
  at: Point;
  room: Room;
  selected: boolean;
  /** Whether Tab stops here; the arrow keys go on from there. */
  tabStop: boolean;
  onSelect: () => void;
}

const CHOSEN = "outline-2 outline-offset-2 outline-accent-ink";

const INKS: Record<Tone, string> = {
  plain: "text-ink-3",
  ok: "text-ok-ink",
  warn: "text-warn-ink",
  bad: "text-bad-ink",
  accent: "text-accent-ink",
};

/** Another machine on the map. */
export function PeerNode({ peer, ...place }: Place & { peer: Peer }) {
  const i18n = useI18n();
  const status = statusOf(peer);
  const faded = isFaded(peer);
  const size = place.room.tight ? 40 : 46;
  return (
    <NodeButton {...place} id={peer.id}>
      <span
        className={clsx(
          "grid shrink-0 rounded-full border bg-inset p-px",
          peer.state === "trusted" ? "border-line-strong" : "border-dashed border-ink-3/60",
          isPairing(peer) && "border-2! border-dashed border-warn!",
          place.selected && CHOSEN,
        )}
      >
        <Sigil machineKey={peer.key} size={size} faded={faded} />
      </span>
      <NodeName faded={faded}>{peerName(peer)}</NodeName>{" "}
      <span
        className={clsx(
          place.room.tight ? "sr-only" : "flex max-w-full shrink-0 items-center gap-1 text-2xs",
          INKS[TONES[status]],
        )}
      >
        {peer.form !== "unknown" && <FormIcon form={peer.form} size={11} />}
        <span className="truncate">{i18n.t(`peer.status_${status}`)}</span>
      </span>{" "}
      <span className="sr-only">{moreOf(i18n, peer)}</span>
    </NodeButton>
  );
}

/** This machine, in the middle. */
export function SelfNode({ machine, ...place }: Place & { machine: Machine }) {
  const { t } = useI18n();
  return (
    <NodeButton {...place} id={machine.id}>
      <span
        aria-hidden
        className="absolute top-8 left-1/2 -z-10 size-40 -translate-1/2 rounded-full bg-radial from-(--m2)/30 to-transparent to-70%"
      />
      <span
        className={clsx(
          "grid shrink-0 rounded-full border border-accent-ink/40 bg-inset p-0.5",
          place.selected && CHOSEN,
        )}
      >
        <Sigil machineKey={machine.key} size={place.room.tight ? 48 : 58} />
      </span>
      <NodeName>{machine.name}</NodeName> <span className="sr-only">{t("machines.this")}</span>
    </NodeButton>
  );
}

/** Those for whom there is no room of their own; leads to them in the list. */
export function GroupNode({ group, ...place }: Place & { group: Group }) {
  const { t, format } = useI18n();
  const count = format.number(group.count);
  const filter = t(`machines.filter_${group.filter}`);
  return (
    <NodeButton {...place} id={group.id}>
      <span className="num grid size-11.5 place-items-center rounded-full border border-dashed border-ink-3/60 bg-raised text-xs font-semibold">
        {count}
      </span>{" "}
      <NodeName faded>{filter}</NodeName> <span className="sr-only">{t("machines.in_list")}</span>
    </NodeButton>
  );
}

function NodeName({ faded = false, children }: { faded?: boolean; children: string }) {
  return (
    // Its own direction decides at which end a long name is cut.
    <bdi
      className={clsx(
        "mt-1.5 block max-w-full shrink-0 truncate text-xs leading-4 [text-shadow:0_0_3px_var(--inset),0_0_6px_var(--inset)]",
        faded ? "font-medium text-ink-2" : "font-semibold text-ink",
      )}
    >
      {children}
    </bdi>
  );
}

interface NodeButtonProps extends Place {
  id: string;
  /** What is read aloud too, so that it can be called by what stands there. */
  children: ReactNode;
}

function NodeButton({ at, room, selected, tabStop, onSelect, id, children }: NodeButtonProps) {
  const { width, height } = room.box;
  return (
    <button
      type="button"
      data-node={id}
      aria-pressed={selected}
      tabIndex={tabStop ? 0 : -1}
      onClick={onSelect}
      style={{ width, height, transform: `translate(${at.x - width / 2}px, ${at.y - height / 2}px)` }}
      className={clsx(
        "absolute top-0 left-0 isolate flex flex-col items-center justify-start rounded-lg px-0.5 pt-1 transition-[transform,background-color] duration-300",
        !selected && "hover:bg-press/40",
      )}
    >
      {children}
    </button>
  );
}

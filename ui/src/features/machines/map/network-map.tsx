import { clsx } from "clsx";
import { type FocusEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { Machine, Peer } from "@/backend/api.gen";
import { Field } from "@/components/field";
import { useI18n } from "@/i18n/i18n";
import type { Filter } from "../table/peer-order";
import { MapEdges } from "./map-edges";
import { layOut, middleOf, type Placed, roomFor } from "./map-layout";
import { membersOf, ringOf } from "./map-members";
import { GroupNode, PeerNode, SelfNode } from "./map-node";
import { useRoom } from "./use-room";

interface NetworkMapProps {
  self: Machine;
  peers: readonly Peer[];
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
  /** Shows these in the list, because they have no place of their own here. */
  onFilter: (filter: Filter) => void;
}

/** More figures than this on one map hide what they stand beside. */
const MOST_FIGURES = 8;

/** The network with this machine in its middle. Nobody moves unless somebody comes or goes. */
export function NetworkMap({ self, peers, selected, onSelect, onFilter }: NetworkMapProps) {
  const { t } = useI18n();
  const ground = useRef<HTMLDivElement>(null);
  const room = useRoom(ground);
  const { size, box } = room;
  const members = membersOf(peers, roomFor(size, box), selected);
  const { places, arrangement } = usePlaces([...members.peers.map(placed), ...members.groups], room);
  const middle = middleOf(size);
  const { tabStop, onKeyDown, onFocus } = useArrows([self.id, ...places.keys()]);
  const sessions = members.peers.filter((peer) => peer.presence === "connected").length;
  const place = (id: string) => ({
    at: places.get(id) ?? middle,
    room,
    selected: id === selected,
    tabStop: id === tabStop,
  });

  return (
    <div className="relative overflow-hidden rounded-lg border border-line bg-inset">
      <Field opacity={0.9} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- for the buttons inside */}
      <div
        ref={ground}
        role="group"
        aria-label={t("machines.map")}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        className={clsx("relative", heightFor(peers.length))}
      >
        <MapEdges
          key={arrangement}
          peers={members.peers}
          places={places}
          middle={middle}
          size={size}
          box={box}
          lift={box.height / 2 - (room.tight ? 25 : 28)}
          hasFigure={(id) => sessions <= MOST_FIGURES || id === selected}
        />
        <SelfNode {...place(self.id)} machine={self} onSelect={() => onSelect(undefined)} />
        {members.peers.map((peer) => (
          <PeerNode key={peer.id} {...place(peer.id)} peer={peer} onSelect={() => onSelect(peer.id)} />
        ))}
        {members.groups.map((group) => (
          <GroupNode
            key={group.id}
            {...place(group.id)}
            group={group}
            onSelect={() => onFilter(group.filter)}
          />
        ))}
      </div>
      {peers.length > 0 && (
        <p className="pointer-events-none relative hidden px-4 pb-2.5 text-2xs text-ink-3 sm:block">
          {t("machines.legend")}
        </p>
      )}
    </div>
  );
}

function placed(peer: Peer): Placed {
  return { id: peer.id, key: peer.key, ring: ringOf(peer) };
}

/** Computed anew only when somebody comes, goes or changes rings, or the room does. */
function usePlaces(machines: readonly Placed[], { size, box }: ReturnType<typeof useRoom>) {
  const { width, height } = size;
  const members = machines
    .map(({ id, key, ring }) => `${id}|${key}|${ring}`)
    .toSorted()
    .join("\n");
  return useMemo(() => {
    const told = members === "" ? [] : members.split("\n").map(readPlaced);
    const places = layOut(told, { width, height }, { width: box.width, height: box.height });
    return { places, arrangement: `${width} ${height} ${members}` };
  }, [members, width, height, box.width, box.height]);
}

function readPlaced(line: string): Placed {
  const [id = "", key = "", ring] = line.split("|");
  return { id, key, ring: ring === "inner" ? "inner" : "outer" };
}

function heightFor(others: number): string {
  if (others < 3) return "h-76";
  return others < 9 ? "h-92" : "h-110";
}

/** One stop for Tab; from there the arrow keys go round. */
function useArrows(ids: readonly string[]) {
  const [current, setCurrent] = useState<string>();
  const tabStop = current !== undefined && ids.includes(current) ? current : ids[0];
  return {
    tabStop,
    onFocus: (event: FocusEvent) => setCurrent(event.target.getAttribute("data-node") ?? undefined),
    onKeyDown: (event: KeyboardEvent) => {
      const next = nextOf(event.key, ids.indexOf(tabStop ?? ""), ids.length);
      const id = next === null ? undefined : ids[next];
      if (id === undefined) return;
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>(`[data-node="${id}"]`)?.focus();
    },
  };
}

function nextOf(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowLeft":
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

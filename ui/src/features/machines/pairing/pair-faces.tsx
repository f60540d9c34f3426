import { Link2, Link2Off, type LucideIcon } from "lucide-react";
import type { Machine, Peer } from "@/backend/api.gen";
import { Sigil } from "@/components/sigil";
import { peerName } from "../peer-status";

export type Bond = "coming" | "made" | "none" | "doubtful";

const BONDS: Record<Bond, { icon: LucideIcon; colour: string }> = {
  coming: { icon: Link2, colour: "text-ink-3" },
  made: { icon: Link2, colour: "text-ok-ink" },
  none: { icon: Link2Off, colour: "text-ink-3" },
  doubtful: { icon: Link2Off, colour: "text-bad-ink" },
};

/** Both machines as both screens show them. */
export function PairFaces({ self, peer, bond }: { self: Machine; peer: Peer; bond: Bond }) {
  const { icon: Icon, colour } = BONDS[bond];
  return (
    // In the same order on both screens, whichever side asked and whatever language it speaks.
    <div dir="ltr" className="flex items-start justify-center gap-3">
      {[self, peer]
        .toSorted((a, b) => a.key.localeCompare(b.key))
        .flatMap((machine, index) => [
          index === 1 && <Icon key="link" size={18} aria-hidden className={`mt-5 shrink-0 ${colour}`} />,
          <Face
            key={machine.id}
            machineKey={machine.key}
            name={"this_machine" in machine ? machine.name : peerName(machine)}
          />,
        ])}
    </div>
  );
}

function Face({ machineKey, name }: { machineKey: string; name: string }) {
  return (
    <span className="flex w-28 min-w-0 flex-col items-center gap-1 text-center">
      <Sigil machineKey={machineKey} size={56} />
      <bdi className="max-w-full truncate text-xs font-medium">{name}</bdi>
    </span>
  );
}

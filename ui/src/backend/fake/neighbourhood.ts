import type {
  AuditEntry,
  Code,
  Happening,
  Pairing,
  PairingOutcome,
  Peer,
  PeerPermission,
  PermissionGrant,
  Relation,
} from "../api.gen";
import type { Answer, CallName, Params } from "../backend";
import { ago, stranger, usualPermissions } from "./peers";

type PeerCall = Extract<CallName, `peers.${string}` | "audit.list">;
type Handlers = { [K in PeerCall]: (params: Params<K>) => Answer<K> };

const CODE = "418027";
const STEP_MS = 60_000;

/**
 * The other machines of a fake node, and the people in front of them. The calls
 * are what the person here does; what happens over there is for tests and the
 * console: `fakeNode.others.asks("DESKTOP-7Q2")`.
 */
export class Neighbourhood {
  peers: Peer[];
  audit: AuditEntry[];
  /** Ids of those whose person said "Same" before the person here did. */
  readonly #confirmedThere = new Set<string>();
  readonly #minesHere = new Set<string>();
  readonly #publish: (...happenings: Happening[]) => void;

  constructor(peers: Peer[], publish: (...happenings: Happening[]) => void) {
    this.peers = peers;
    this.audit = peers.flatMap(pastOf).toSorted((a, b) => b.at.localeCompare(a.at));
    this.audit = this.audit.map((entry, index) => ({ ...entry, id: this.audit.length - index }));
    this.#publish = publish;
  }

  readonly calls: Handlers = {
    "peers.list": () => this.peers,
    "peers.add": ({ address }) => this.#add(address),
    "peers.pair": ({ peer }) => {
      const asked = pairing("here", "waiting");
      return this.#change(this.find(peer), { state: "pending", pairing: asked, trouble: null });
    },
    "peers.open": ({ peer }) => this.#step(peer, "opened"),
    "peers.confirm": ({ peer, same, mine }) => {
      const found = this.find(peer);
      if (!same) return this.#end(found, "codes_differ");
      if (mine) this.#minesHere.add(found.id);
      if (this.#confirmedThere.delete(found.id)) return this.#trust(found, mine);
      return this.#step(peer, "confirmed");
    },
    "peers.cancel": ({ peer }) => {
      const found = this.find(peer);
      if (found.pairing?.step !== "ended") return this.#end(found, "cancelled");
      return this.#change(found, { pairing: null });
    },
    "peers.block": ({ peer }) => {
      const found = this.find(peer);
      const blocked = this.#change(found, { ...STRANGE, state: "blocked" });
      this.#record("blocked", found);
      return blocked;
    },
    "peers.unblock": ({ peer }) => {
      const found = this.find(peer);
      const unblocked = this.#change(found, { ...STRANGE, state: "discovered" });
      this.#record("unblocked", found);
      return unblocked;
    },
    "peers.forget": ({ peer }) => {
      const found = this.find(peer);
      this.#record("forgotten", found);
      if (found.presence === "away") {
        this.vanishes(peer);
        return found;
      }
      return this.#change(found, { ...STRANGE, state: "discovered", presence: "nearby" });
    },
    "peers.allow": (grant) => {
      const found = this.find(grant.peer);
      this.#record("allowed", found, { permission: grant.permission, term: grant.term ?? "always" });
      return this.#permit(found, allowed(grant));
    },
    "peers.deny": ({ peer, permission }) => {
      const found = this.find(peer);
      this.#record("denied", found, { permission });
      const denied = { permission, allowed: false, usual: false, until: null, llm: null, folders: null };
      return this.#permit(found, { ...denied, term: "always" });
    },
    "peers.set_quota": ({ peer, quota }) => {
      const found = this.find(peer);
      this.#record("quota_set", found);
      return this.#change(found, { quota });
    },
    "peers.adopt_name": ({ peer }) => {
      const found = this.find(peer);
      this.#record("name_adopted", found);
      return this.#change(found, { name: found.offered_name, offered_name: null });
    },
    "audit.list": ({ before = Infinity, peer, limit = 100 }) => {
      const short = peer === undefined ? undefined : this.find(peer).short_id;
      return this.audit
        .filter((entry) => entry.id < before && (short === undefined || entry.peer === short))
        .slice(0, limit);
    },
  };

  /** By id, by the beginning of it, or by name. */
  find(peer: string): Peer {
    const plain = peer.replaceAll("-", "");
    const found = this.peers.find((one) => one.name === peer || one.id.replaceAll("-", "").startsWith(plain));
    if (!found) throw refusal("unknown_peer", { peer });
    return found;
  }

  // What happens over there.

  /** A machine nobody here knew comes into the network. */
  appears(about: Partial<Peer> = {}): Peer {
    const peer = stranger(5000 + this.peers.length, { last_seen: ago(0), ...about });
    this.peers = [...this.peers, peer];
    this.#publish({ kind: "peer_changed", peer });
    return peer;
  }

  vanishes(peer: string) {
    const { id } = this.find(peer);
    this.peers = this.peers.filter((one) => one.id !== id);
    this.#publish({ kind: "peer_gone", id });
  }

  /** Anything else about a machine becomes different. */
  becomes(peer: string, change: Partial<Peer>): Peer {
    return this.#change(this.find(peer), change);
  }

  asks(peer: string): Peer {
    const asked = this.becomes(peer, { state: "pending", pairing: pairing("there", "requested") });
    this.#publish({ kind: "peer_noticed", peer: asked, occasion: "pairing_request" });
    return asked;
  }

  /** Its person opened the request, or what was opened here arrived: the code is there. */
  showsTheCode(peer: string): Peer {
    return this.#step(peer, "compare", CODE);
  }

  saysSame(peer: string, { mine = false } = {}): Peer {
    const found = this.find(peer);
    if (found.pairing?.step === "confirmed") return this.#trust(found, mine && this.#minesHere.has(found.id));
    this.#confirmedThere.add(found.id);
    return found;
  }

  /** A ticket let it in, or this machine into it. */
  joins(name: string, relation: Relation): Peer {
    const known = this.peers.find((one) => one.name === name) ?? this.appears({ name, form: "server" });
    this.#record("trusted", known, { relation, origin: "invitation" });
    return this.#change(known, { ...trusting(known, relation), origin: "invitation" });
  }

  ends(peer: string, outcome: PairingOutcome): Peer {
    return this.#end(this.find(peer), outcome);
  }

  #add(address: string): Peer {
    const known = this.peers.find((one) => one.addresses.some((other) => other.startsWith(address)));
    if (known) return known;
    const full = /:\d+$/.test(address) ? address : `${address}:7878`;
    return this.appears({ name: "garage-pi", form: "server", addresses: [full] });
  }

  #step(peer: string, step: Pairing["step"], code: string | null = null): Peer {
    const found = this.find(peer);
    if (!found.pairing) throw refusal("no_pairing", {});
    const next = { ...found.pairing, step, code: code ?? found.pairing.code, ends_at: soon() };
    return this.#change(found, { pairing: next });
  }

  #end(found: Peer, outcome: PairingOutcome): Peer {
    const ended = { ...(found.pairing ?? pairing("here", "waiting")), step: "ended", outcome } as const;
    const state = found.state === "pending" ? "discovered" : found.state;
    return this.#change(found, { state, pairing: { ...ended, code: null, ends_at: null } });
  }

  #trust(found: Peer, mine: boolean): Peer {
    const relation = mine ? "mine" : "other";
    this.#record("paired", found, { relation, origin: "pairing" });
    const ended = { ...(found.pairing ?? pairing("here", "waiting")), code: null, ends_at: null };
    return this.#change(found, {
      ...trusting(found, relation),
      pairing: { ...ended, step: "ended", outcome: "paired" },
    });
  }

  #permit(found: Peer, permission: PeerPermission): Peer {
    const permissions = found.permissions.map((one) =>
      one.permission === permission.permission ? permission : one,
    );
    return this.#change(found, { permissions });
  }

  #change(found: Peer, change: Partial<Peer>): Peer {
    const next = { ...found, ...change };
    this.peers = this.peers.map((one) => (one.id === next.id ? next : one));
    this.#publish({ kind: "peer_changed", peer: next });
    return next;
  }

  #record(kind: string, { short_id, name, person }: Peer, details: Record<string, string> = {}) {
    const id = (this.audit[0]?.id ?? 0) + 1;
    this.audit = [{ id, at: ago(0), kind, peer: short_id, name, person, details }, ...this.audit];
  }
}

/** What is left of a machine when nothing is decided about it any more. */
const STRANGE: Partial<Peer> = {
  relation: null,
  origin: null,
  person: null,
  trusted_since: null,
  session_since: null,
  session_address: null,
  rtt_ms: null,
  activity: "away",
  permissions: [],
  quota: null,
  pairing: null,
  trouble: null,
  offered_name: null,
};

/** A machine that is trusted from now on, and connected at once. */
function trusting(found: Peer, relation: Relation): Partial<Peer> {
  return {
    state: "trusted",
    relation,
    origin: "pairing",
    person: relation === "mine" ? "MRKQ72VD" : "7GHW2XTA",
    trusted_since: ago(0),
    trusts_us: true,
    presence: "connected",
    activity: "free",
    session_since: ago(0),
    session_address: found.addresses[0] ?? null,
    rtt_ms: 1.4,
    permissions: usualPermissions(relation, "pairing"),
  };
}

function pairing(asked_by: Pairing["asked_by"], step: Pairing["step"]): Pairing {
  return { asked_by, step, code: null, outcome: null, ends_at: soon() };
}

function soon(): string {
  return new Date(Date.now() + STEP_MS).toISOString();
}

function allowed({
  permission,
  term = "always",
  minutes = 0,
  llm,
  folders,
}: PermissionGrant): PeerPermission {
  const usual = { models: null, max_tokens: null, requests_per_minute: 100, concurrency: 4 };
  return {
    permission,
    allowed: true,
    usual: false,
    term,
    until: term === "until" ? new Date(Date.now() + minutes * 60_000).toISOString() : null,
    llm: permission === "llm.use" ? (llm ?? usual) : null,
    folders: folders ?? null,
  };
}

/** What the log says of a machine that was trusted before the page was opened. */
function pastOf({ short_id, name, person, state, trusted_since, relation, origin }: Peer): AuditEntry[] {
  if (state !== "trusted" || !trusted_since || !relation || !origin) return [];
  const about = { id: 0, peer: short_id, name, person };
  const began = origin === "pairing" ? "paired" : "trusted";
  return [
    { ...about, at: trusted_since, kind: began, details: { relation, origin } },
    {
      ...about,
      at: ago(3000),
      kind: "refused",
      details: { reason: "not_allowed", permission: "files.read" },
    },
  ];
}

function refusal(code: Code, params: Record<string, string>) {
  return { code, params, retryable: false };
}

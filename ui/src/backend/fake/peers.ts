import type { Peer, PeerPermission, Permission, Relation, TrustOrigin } from "../api.gen";

/** Who is around: this machine alone, or with one, two, eleven or a thousand others. */
export type Around = "nobody" | "one" | "two" | "eleven" | "crowd";

const PERMISSIONS: readonly Permission[] = ["llm.use", "files.read", "models.copy", "admin"];
const CROWD = 1000;

/** Machines of every kind and in every state; the first few stand for a small network. */
export function fakePeers(around: Around): Peer[] {
  const { atlas, ren } = NEIGHBOURS;
  switch (around) {
    case "nobody":
      return [];
    case "one":
      return [atlas()];
    case "two":
      return [atlas(), ren()];
    case "eleven":
      return Object.values(NEIGHBOURS).map((make) => make());
    case "crowd":
      return [...Object.values(NEIGHBOURS).map((make) => make()), ...crowd()];
  }
}

/** A machine that was only heard so far. */
export function stranger(number: number, about: Partial<Peer> = {}): Peer {
  const key = keyOf(number);
  const id = idOf(key);
  return {
    id,
    short_id: id.slice(0, 9).replace("-", ""),
    key,
    name: null,
    offered_name: null,
    form: "unknown",
    person: null,
    state: "discovered",
    relation: null,
    origin: null,
    trusted_since: null,
    presence: "nearby",
    activity: "away",
    addresses: [`192.168.1.${100 + (number % 150)}:7878`],
    session_since: null,
    session_address: null,
    rtt_ms: null,
    has_llm: false,
    last_seen: ago(number % 30),
    clock_ahead_seconds: null,
    trusts_us: false,
    other_mesh: false,
    permissions: [],
    quota: null,
    pairing: null,
    trouble: null,
    ...about,
  };
}

/** What a trusted machine may do before anybody said anything about it. */
export function usualPermissions(relation: Relation, origin: TrustOrigin): PeerPermission[] {
  return PERMISSIONS.map((permission) => {
    const allowed = relation === "mine" || (permission === "llm.use" && origin !== "pairing");
    const llm =
      allowed && permission === "llm.use"
        ? { models: null, max_tokens: null, requests_per_minute: 100, concurrency: 4 }
        : null;
    return { permission, allowed, usual: true, term: "always", until: null, llm, folders: null };
  });
}

/** A moment so many seconds ago. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

interface Bond {
  relation: Relation;
  origin?: TrustOrigin;
  person?: string;
  days: number;
}

function trusted(number: number, { relation, origin = "pairing", person, days }: Bond, about: Partial<Peer>) {
  return stranger(number, {
    state: "trusted",
    relation,
    origin,
    person: person ?? (relation === "mine" ? "MRKQ72VD" : "7GHW2XTA"),
    trusted_since: ago(days * 86_400),
    permissions: usualPermissions(relation, origin),
    trusts_us: true,
    ...about,
  });
}

function connected(address: string, rtt: number, seconds: number): Partial<Peer> {
  return {
    presence: "connected",
    activity: "free",
    addresses: [address],
    session_address: address,
    session_since: ago(seconds),
    rtt_ms: rtt,
    last_seen: ago(0),
  };
}

const NEIGHBOURS = {
  atlas: () =>
    trusted(
      1,
      { relation: "mine", days: 41 },
      {
        name: "atlas",
        form: "server",
        has_llm: true,
        ...connected("192.168.1.10:7878", 0.6, 15_400),
      },
    ),
  ren: () =>
    trusted(
      3,
      { relation: "other", days: 12 },
      {
        name: "ren-laptop",
        form: "laptop",
        has_llm: true,
        ...connected("192.168.1.44:7878", 3.2, 2_100),
        activity: "answering",
        permissions: usualPermissions("other", "invitation"),
      },
    ),
  kitchen: () =>
    trusted(
      16,
      { relation: "mine", days: 9 },
      {
        name: "kitchen-nuc",
        offered_name: "living-room-nuc",
        form: "desktop",
        ...connected("192.168.1.31:7878", 1.8, 86_000),
        clock_ahead_seconds: 317,
      },
    ),
  study: () =>
    trusted(
      11,
      { relation: "mine", days: 3 },
      { name: "اتاق مطالعه", form: "desktop", has_llm: true, ...connected("192.168.1.25:7878", 12.4, 600) },
    ),
  lab: () =>
    trusted(
      5,
      { relation: "other", origin: "mesh_key", person: "Q3ZK5UYB", days: 80 },
      {
        name: "lab-server",
        form: "server",
        presence: "away",
        addresses: ["192.168.1.90:7878", "10.20.0.4:7878"],
        last_seen: ago(7_300),
        has_llm: true,
      },
    ),
  thinkpad: () =>
    trusted(
      6,
      { relation: "mine", days: 200 },
      {
        name: "old-thinkpad",
        form: "laptop",
        presence: "nearby",
        last_seen: ago(8),
        addresses: ["192.168.1.77:7878"],
        trouble: {
          error: { code: "reach_no_answer", params: {}, retryable: true },
          address: "192.168.1.77:7878",
          at: ago(12),
        },
      },
    ),
  guest: () =>
    trusted(
      7,
      { relation: "other", origin: "open_network", days: 0 },
      { name: "guest-tablet", ...connected("192.168.1.52:7878", 5.1, 40) },
    ),
  mina: () =>
    stranger(18, {
      name: "mina-desktop",
      form: "desktop",
      state: "pending",
      addresses: ["192.168.1.61:7878"],
      pairing: {
        asked_by: "there",
        step: "requested",
        code: null,
        outcome: null,
        ends_at: new Date(Date.now() + 52_000).toISOString(),
      },
    }),
  desktop: () => stranger(9, { name: "DESKTOP-7Q2", form: "desktop", has_llm: true }),
  nameless: () => stranger(10, { other_mesh: true }),
  printer: () =>
    stranger(13, {
      name: "print-server",
      form: "server",
      state: "blocked",
      presence: "away",
      last_seen: ago(190_000),
    }),
};

function crowd(): Peer[] {
  return Array.from({ length: CROWD - Object.keys(NEIGHBOURS).length }, (_, index) =>
    index % 3 === 0
      ? trusted(
          100 + index,
          { relation: "other", origin: "mesh_key", days: index % 90 },
          {
            name: `seat-${String(index + 1).padStart(3, "0")}`,
            form: "desktop",
            ...(index % 2 === 0
              ? connected(`10.0.${index % 250}.7:7878`, 0.4 + (index % 40) / 10, index * 7)
              : { presence: "away", last_seen: ago(index * 60) }),
          },
        )
      : stranger(100 + index),
  );
}

/** A public key in hexadecimal, the same for the same number. */
function keyOf(number: number): string {
  let state = (number * 0x9e3779b1) >>> 0;
  return Array.from({ length: 8 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return (state >>> 0).toString(16).padStart(8, "0");
  }).join("");
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Looks as an id does: twelve groups of four and two letters. */
function idOf(key: string): string {
  const letters = Array.from({ length: 50 }, (_, at) => {
    const value = Number.parseInt(key.slice(at, at + 2).padEnd(2, "7"), 16);
    return BASE32[(value + at * 5) % BASE32.length];
  });
  return letters.join("").replaceAll(/(.{4})(?=.)/g, "$1-");
}

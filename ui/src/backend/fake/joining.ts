import type { Code, Invitation, JoinKind, MeshKey } from "../api.gen";
import type { Answer, CallName, Params } from "../backend";
import type { Neighbourhood } from "./neighbourhood";
import { ago } from "./peers";

type JoinCall = Extract<CallName, `tickets.${string}` | `mesh.${string}`>;
type Handlers = { [K in JoinCall]: (params: Params<K>) => Answer<K> };

const DAY_MS = 86_400_000;
const SECRET = "K7QW2MRX5TBD4H6ZPLNV3YCEJA";
const QR_SIZE = 45;

/** Invitations and mesh keys of a fake node. */
export class Joining {
  invitations: Invitation[] = [];
  keys: MeshKey[] = [];
  readonly #others: Neighbourhood;
  #made = 0;

  constructor(others: Neighbourhood) {
    this.#others = others;
  }

  readonly calls: Handlers = {
    "tickets.make": ({ kind }) => {
      const id = this.#newId();
      const expires_at = new Date(Date.now() + DAY_MS).toISOString();
      const open = { id, kind, created_at: ago(0), expires_at, redeemed_by: null, redeemed_at: null };
      this.invitations = [open, ...this.invitations];
      const text = `banyan:P45J-YHS3-QLID-EZXB@192.168.1.20:7878,192.168.1.41:7878#${kind}.${SECRET}`;
      return { id, kind, text, expires_at, qr: qrOf(text) };
    },
    "tickets.list": () => this.invitations,
    "tickets.withdraw": ({ id }) => {
      if (!this.invitations.some((one) => one.id === id)) throw refusal("invitation_unknown");
      this.invitations = this.invitations.filter((one) => one.id !== id);
      return null;
    },
    "tickets.redeem": ({ ticket, mine = false }) => {
      if (!ticket.startsWith("banyan:")) throw refusal("bad_ticket", { reason: "it begins otherwise" });
      const kind = /#(mine|team)\./.exec(ticket)?.[1];
      if (kind === "mine" && !mine) throw refusal("ticket_is_mine");
      if (kind === "team" && mine) throw refusal("ticket_is_team");
      return this.#others.joins("garage-pi", mine ? "mine" : "other");
    },
    "mesh.list": () => this.keys,
    "mesh.make": ({ kind }) => ({ id: this.holds(kind).id, kind, key: `banyan-${kind}-${SECRET}` }),
    "mesh.add": ({ key }) => {
      const kind = /^banyan-mesh-(mine|team)/.exec(key)?.[1];
      if (!kind) throw refusal("bad_mesh_key", { reason: "it begins otherwise" });
      this.holds(kind as JoinKind);
      return this.keys;
    },
    "mesh.rotate": ({ id }) => {
      const old = this.#key(id);
      const grace_until = new Date(Date.now() + 7 * DAY_MS).toISOString();
      this.keys = this.keys.map((key) => (key === old ? { ...key, retired_at: ago(0), grace_until } : key));
      const made = this.holds(old.kind);
      return { id: made.id, key: `banyan-mesh-${old.kind}.${SECRET}`, devices: old.devices, grace_until };
    },
    "mesh.remove": ({ id }) => {
      const gone = this.#key(id);
      this.keys = this.keys.filter((key) => key !== gone);
      return null;
    },
  };

  /** This machine holds one more key. */
  holds(kind: JoinKind, devices: string[] = []): MeshKey {
    const key = { id: this.#newId(), kind, created_at: ago(0), retired_at: null, grace_until: null, devices };
    this.keys = [key, ...this.keys];
    return key;
  }

  #key(id: string): MeshKey {
    const found = this.keys.find((key) => key.id === id);
    if (!found) throw refusal("mesh_key_unknown");
    return found;
  }

  #newId(): string {
    return `J${String(++this.#made).padStart(2, "0")}X4WQ7`.slice(0, 8);
  }
}

/** Looks as a QR code does; no camera reads it. */
function qrOf(text: string): string[] {
  const corners = [
    [0, 0],
    [0, QR_SIZE - 7],
    [QR_SIZE - 7, 0],
  ] as const;
  const dark = (row: number, column: number) => {
    for (const [top, left] of corners) {
      const [y, x] = [row - top, column - left];
      if (y < -1 || y > 7 || x < -1 || x > 7) continue;
      const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
      return ring === 3 || ring <= 1;
    }
    const mixed = Math.imul(
      row * 73 + column * 179 + text.charCodeAt((row * column) % text.length),
      0x2c1b3c6d,
    );
    return ((mixed >>> 13) & 1) === 1;
  };
  return Array.from({ length: QR_SIZE }, (_, row) =>
    Array.from({ length: QR_SIZE }, (_module, column) => (dark(row, column) ? "1" : "0")).join(""),
  );
}

function refusal(code: Code, params: Record<string, string> = {}) {
  return { code, params, retryable: false };
}

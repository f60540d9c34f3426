import type { PullPart } from "@/backend/api.gen";

/** What was seen to arrive of a download, and when. */
export interface Arrivals {
  /** Bytes of each part when it was last looked at. */
  seen: ReadonlyMap<string, number>;
  /** The sum of what arrived until then, the oldest first. */
  marks: readonly { at: number; bytes: number }[];
}

/** How far back the speed looks. */
const WINDOW_MS = 3000;
/** Nothing for this long is worth a word. */
const STALLED_AFTER_MS = 5000;

export function beginArrivals(parts: readonly PullPart[], now: number): Arrivals {
  return { seen: sizes(parts), marks: [{ at: now, bytes: 0 }] };
}

/** What a part holds when it is first named was there before, and is nobody's speed. */
export function arrive(before: Arrivals, parts: readonly PullPart[], now: number): Arrivals {
  const last = before.marks.at(-1)?.bytes ?? 0;
  let bytes = last;
  for (const part of parts) bytes += Math.max(0, part.bytes - (before.seen.get(part.digest) ?? part.bytes));
  if (bytes === last) return { ...before, seen: sizes(parts) };
  const old = before.marks.filter(({ at }) => at <= now - WINDOW_MS);
  const young = before.marks.filter(({ at }) => at > now - WINDOW_MS);
  return { seen: sizes(parts), marks: [...old.slice(-1), ...young, { at: now, bytes }] };
}

/** Bytes a second over the last moments; `null` before there is anything to go by. */
export function speedOf({ marks }: Arrivals, now: number): number | null {
  const since = now - WINDOW_MS;
  const last = marks.at(-1);
  const before = marks.findLast(({ at }) => at <= since) ?? marks[0];
  if (!last || !before || now - before.at < 1000) return null;
  return ((last.bytes - before.bytes) * 1000) / (now - Math.max(before.at, since));
}

export function isStalled({ marks }: Arrivals, now: number): boolean {
  return now - (marks.at(-1)?.at ?? now) >= STALLED_AFTER_MS;
}

function sizes(parts: readonly PullPart[]): ReadonlyMap<string, number> {
  return new Map(parts.map(({ digest, bytes }) => [digest, bytes]));
}

import type { Event } from "./api.gen";

/** Remembers how far a listener has come, so that nothing is told twice. */
export class EventCursor {
  last: number | null;

  constructor(after: number | null) {
    this.last = after;
  }

  /** Whether the event is news. A resync always is: it may start a new count. */
  accept(event: Event): boolean {
    if (event.kind !== "resync" && this.last !== null && event.seq <= this.last) return false;
    this.last = event.seq;
    return true;
  }
}

// @vitest-environment node
import { describe, expect, it } from "vitest";
import { fakePeers } from "@/backend/fake/peers";
import { layOut, middleOf, type Placed, roomFor } from "./map-layout";

const ROOM = { width: 654, height: 448 };
const BOX = { width: 96, height: 84 };

const crowd: Placed[] = fakePeers("crowd").map(({ id, key }, index) => ({
  id,
  key,
  ring: index % 2 ? "inner" : "outer",
}));

describe("the places on the map", () => {
  it("are the same for the same machines, in whatever order they are told", () => {
    const some = crowd.slice(0, 12);
    expect(new Map(layOut(some.toReversed(), ROOM, BOX))).toEqual(layOut(some, ROOM, BOX));
  });

  it.each([1, 2, 3, 6, 9, 12])("cover neither each other nor the middle with %d machines", (count) => {
    for (let from = 0; from + count < 240; from += count) {
      const points = [...layOut(crowd.slice(from, from + count), ROOM, BOX).values(), middleOf(ROOM)];
      for (const [index, one] of points.entries()) {
        for (const other of points.slice(index + 1)) {
          const apart = Math.max(
            Math.abs(one.x - other.x) / BOX.width,
            Math.abs(one.y - other.y) / BOX.height,
          );
          expect(apart, `${count} from ${from}`).toBeGreaterThan(0.9);
        }
      }
    }
  });

  it("lie inside the room, also when it is small", () => {
    const small = { width: 328, height: 384 };
    for (const { x, y } of layOut(crowd.slice(0, 10), small, BOX).values()) {
      expect(x).toBeGreaterThanOrEqual(BOX.width / 2);
      expect(x).toBeLessThanOrEqual(small.width - BOX.width / 2);
      expect(y).toBeGreaterThanOrEqual(BOX.height / 2);
      expect(y).toBeLessThanOrEqual(small.height - BOX.height / 2);
    }
  });

  it("are as many as the room holds", () => {
    expect(roomFor(ROOM, BOX)).toBeGreaterThanOrEqual(12);
    expect(roomFor({ width: 328, height: 384 }, BOX)).toBeLessThan(10);
  });
});

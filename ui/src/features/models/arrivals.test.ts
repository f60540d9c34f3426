import { describe, expect, it } from "vitest";
import { type Arrivals, arrive, beginArrivals, isStalled, speedOf } from "./arrivals";

const part = (digest: string, bytes: number) => ({ digest, bytes, total_bytes: 1000 });

/** A part of which so many bytes are there after each second. */
function arriving(...sizes: number[]): Arrivals {
  const [first = 0, ...rest] = sizes;
  return rest.reduce(
    (seen, bytes, index) => arrive(seen, [part("a", bytes)], (index + 1) * 1000),
    beginArrivals([part("a", first)], 0),
  );
}

describe("the speed of a download", () => {
  it("is that of the last three seconds", () => {
    expect(speedOf(arriving(0, 900, 910, 920, 930), 4000)).toBe(10);
  });

  it("is not known before a second has passed", () => {
    expect(speedOf(arriving(0), 900)).toBeNull();
    expect(speedOf(arriving(0), 1000)).toBe(0);
  });

  it("falls to nothing while nothing comes, and that is said after five seconds", () => {
    const arrivals = arriving(0, 100);
    expect(speedOf(arrivals, 3000)).toBeGreaterThan(0);
    expect(speedOf(arrivals, 4100)).toBe(0);
    expect([isStalled(arrivals, 5900), isStalled(arrivals, 6000)]).toEqual([false, true]);
  });

  it("does not count what was there before, of the first part or of a later one", () => {
    const resumed = arrive(beginArrivals([part("a", 700)], 0), [part("a", 710), part("b", 400)], 1000);
    expect(speedOf(resumed, 1000)).toBe(10);
  });

  it("counts every part", () => {
    const both = arrive(beginArrivals([part("a", 0), part("b", 0)], 0), [part("a", 10), part("b", 30)], 1000);
    expect(speedOf(both, 1000)).toBe(40);
  });
});

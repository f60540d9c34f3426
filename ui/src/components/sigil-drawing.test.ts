import { describe, expect, it } from "vitest";
import { drawSigil } from "./sigil-drawing";

const KEY = "7f3a9c1e5b82d04466e1f7a2c9350b8d1e6f4a7c2b905d3e8f10a6b4c7d2e953";

describe("a sigil", () => {
  it("is the same for the same key, in every version", () => {
    const { hue, large, stars } = drawSigil(KEY);
    const rounded = stars.map(({ x, y }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
    expect({ hue, large, rounded }).toMatchInlineSnapshot(`
      {
        "hue": 60,
        "large": 4,
        "rounded": [
          [
            12.2,
            10.3,
          ],
          [
            17.8,
            14.9,
          ],
          [
            6.2,
            19.2,
          ],
          [
            14.7,
            4.8,
          ],
          [
            12.3,
            16.9,
          ],
        ],
      }
    `);
  });

  it("fills its field and stays inside for any key", () => {
    for (let i = 0; i < 300; i++) {
      const { stars, lines, large } = drawSigil(`key ${i}`);
      expect(stars.length).toBeGreaterThanOrEqual(4);
      expect(lines.length).toBeGreaterThanOrEqual(stars.length - 1);
      expect(large).toBeLessThan(stars.length);
      for (const { x, y } of stars) expect(Math.hypot(x - 12, y - 12)).toBeLessThan(9.3);
    }
  });

  it("differs between keys", () => {
    const drawings = new Set(Array.from({ length: 500 }, (_, i) => JSON.stringify(drawSigil(`key ${i}`))));
    expect(drawings.size).toBe(500);
  });
});

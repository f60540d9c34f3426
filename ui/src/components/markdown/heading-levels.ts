import type { BlockToken } from "./tokens";

/** The title of the conversation is above all of them. */
const TOP = 2;
const LAST = 6;

/**
 * The level at which each heading stands in the page. Models begin at any depth
 * and leave some out; an outline without gaps is what those hear who walk by it.
 */
export function levels(blocks: readonly BlockToken[]): number[] {
  const above: number[] = [];
  return blocks.map((block) => {
    if (block.type !== "heading") return TOP;
    while ((above.at(-1) ?? 0) >= block.depth) above.pop();
    above.push(block.depth);
    return Math.min(LAST, TOP + above.length - 1);
  });
}

/** A small constellation: five stars, the lines between them, one star larger. */
export interface SigilDrawing {
  hue: number;
  /** In a field of 24 by 24. */
  stars: readonly Star[];
  lines: readonly (readonly [from: Star, to: Star])[];
  /** Index of the large star. */
  large: number;
}

export interface Star {
  x: number;
  y: number;
}

/** Far enough apart to be told from one another, also beside green and red states. */
const HUES = [212, 235, 262, 292, 345, 40, 60, 160] as const;
const STARS = 5;
const CENTRE = 12;
const LEAST_DISTANCE = 5.2;
/** From the centre to the outermost star. */
const REACH = 9.2;

/** The same key gives the same drawing, on every machine and in every version. */
export function drawSigil(key: string): SigilDrawing {
  const seed = hash(key);
  const random = randomFrom(seed);
  const stars = fill(placeStars(random));
  return {
    hue: HUES[hash(`${key}hue`) % HUES.length] ?? HUES[0],
    stars,
    lines: connect(stars),
    large: Math.floor(random() * stars.length),
  };
}

function placeStars(random: () => number): Star[] {
  const stars: Star[] = [];
  for (let attempt = 0; stars.length < STARS && attempt < 400; attempt++) {
    const angle = random() * 2 * Math.PI;
    const distance = 2.5 + random() * 7;
    const star = { x: CENTRE + Math.cos(angle) * distance, y: CENTRE + Math.sin(angle) * distance };
    if (stars.every((other) => separation(star, other) > LEAST_DISTANCE)) stars.push(star);
  }
  return stars;
}

/** Moves and stretches the stars until they fill the field, so that every sigil has the same weight. */
function fill(stars: readonly Star[]): Star[] {
  const xs = stars.map((star) => star.x);
  const ys = stars.map((star) => star.y);
  const middle = { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
  const reach = Math.max(...stars.map((star) => separation(star, middle)));
  return stars.map((star) => ({
    x: CENTRE + ((star.x - middle.x) * REACH) / reach,
    y: CENTRE + ((star.y - middle.y) * REACH) / reach,
  }));
}

/** A shortest tree over the stars, closed once, so that it reads as a figure. */
function connect(stars: readonly Star[]): (readonly [Star, Star])[] {
  const [first, ...others] = stars;
  if (!first) return [];
  const reached = [first];
  const waiting = new Set(others);
  const lines: [Star, Star][] = [];
  while (waiting.size > 0) {
    const candidates = reached.flatMap((from) => [...waiting].map((to): [Star, Star] => [from, to]));
    const [nearest] = candidates.toSorted((a, b) => separation(a[0], a[1]) - separation(b[0], b[1]));
    if (!nearest) break;
    lines.push(nearest);
    reached.push(nearest[1]);
    waiting.delete(nearest[1]);
  }
  const last = reached.at(-1);
  if (last && reached.length > 2) lines.push([last, first]);
  return lines;
}

function separation(a: Star, b: Star): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** FNV-1a over the text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Mulberry32: small, and the same in every engine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Something that stands around this machine on the map. */
export interface Placed {
  id: string;
  /** Hexadecimal; decides where on its ring it stands. */
  key: string;
  ring: "inner" | "outer";
}

export interface Point {
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** How far a ring reaches from the middle, of what there is room for. */
const REACH = { inner: 0.72, outer: 1 };
/** The places that are tried: so many directions, at so many distances. */
const DIRECTIONS = 72;
const DISTANCES = [0.46, 0.55, 0.64, 0.72, 0.8, 0.9, 1];
/** This machine stands out from the others and needs more room than they do. */
const MIDDLE = 1.1;

/**
 * Where everybody stands: at an angle that follows from the key, on one of two
 * rings, or at the nearest place that is free. The same machines in the same
 * room always stand in the same places.
 */
export function layOut(machines: readonly Placed[], room: Size, box: Size): Map<string, Point> {
  const middle = middleOf(room);
  const reach = { x: (room.width - box.width) / 2, y: (room.height - box.height) / 2 };
  const at = (angle: number, distance: number): Point => ({
    x: middle.x + squared(angle).x * reach.x * distance,
    y: middle.y + squared(angle).y * reach.y * distance,
  });
  const places = DISTANCES.flatMap((distance) =>
    Array.from({ length: DIRECTIONS }, (_, step) => ({
      point: at((step / DIRECTIONS) * TURN, distance),
      distance,
    })),
  );
  const taken = new Map<string, Point>();
  for (const { id, ring, angle } of spreadAngles(machines)) {
    const ideal = { point: at(angle, REACH[ring]), distance: REACH[ring] };
    let best = ideal;
    let least = Infinity;
    for (const place of [ideal, ...places]) {
      const cost = costOf(place, ideal, [...taken.values()], middle, box);
      if (cost < least) [best, least] = [place, cost];
    }
    taken.set(id, best.point);
  }
  return taken;
}

export function middleOf(room: Size): Point {
  return { x: room.width / 2, y: room.height / 2 };
}

/** How many can stand in a room without covering each other, beside this machine. */
export function roomFor(room: Size, box: Size): number {
  return Math.floor((room.width * room.height) / (box.width * box.height * 2.5));
}

const TURN = 2 * Math.PI;

/** A ring that is drawn out towards the corners, where an ellipse would leave room unused. */
function squared(angle: number): Point {
  const stretch = (value: number) => Math.sign(value) * Math.abs(value) ** 0.7;
  return { x: stretch(Math.cos(angle)), y: stretch(Math.sin(angle)) };
}

/** Angles from the keys, with those too close moved on; few machines stand well apart. */
function spreadAngles(machines: readonly Placed[]) {
  const turned = machines
    .map((machine) => ({ ...machine, angle: angleOf(machine.key) }))
    .toSorted((a, b) => a.angle - b.angle || a.id.localeCompare(b.id));
  const least = TURN / Math.max(4, turned.length * 1.4);
  for (let round = 0; round < 50; round++) {
    let moved = false;
    for (const [index, one] of turned.entries()) {
      const next = turned[(index + 1) % turned.length];
      if (!next || next === one) continue;
      const gap = (((next.angle - one.angle) % TURN) + TURN) % TURN;
      if (gap >= least - 1e-6) continue;
      one.angle -= (least - gap) / 2;
      next.angle += (least - gap) / 2;
      moved = true;
    }
    if (!moved) break;
  }
  return turned;
}

/** A public key is as good as a random number. */
function angleOf(key: string): number {
  return (Number.parseInt(key.slice(0, 8), 16) / 2 ** 32) * TURN;
}

interface Place {
  point: Point;
  distance: number;
}

/** Far from where it belongs is bad, off its ring is worse; covering something is worst. */
function costOf(
  { point, distance }: Place,
  ideal: Place,
  taken: readonly Point[],
  middle: Point,
  box: Size,
): number {
  const away = Math.hypot(point.x - ideal.point.x, point.y - ideal.point.y) / box.width;
  const offRing = Math.abs(distance - ideal.distance);
  const inMiddle = { width: box.width * MIDDLE, height: box.height * MIDDLE };
  const covered = taken.reduce(
    (sum, other) => sum + covering(point, other, box),
    covering(point, middle, inMiddle),
  );
  return away + 4 * offRing + 100 * covered;
}

/** What share of a box two of them have in common. */
function covering(one: Point, other: Point, box: Size): number {
  const x = 1 - Math.abs(other.x - one.x) / box.width;
  const y = 1 - Math.abs(other.y - one.y) / box.height;
  return x > 0 && y > 0 ? x * y : 0;
}

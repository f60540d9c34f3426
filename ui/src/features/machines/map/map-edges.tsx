import { clsx } from "clsx";
import { useId } from "react";
import type { Peer } from "@/backend/api.gen";
import { useI18n } from "@/i18n/i18n";
import { isPairing } from "../peer-status";
import type { Point, Size } from "./map-layout";

interface MapEdgesProps {
  peers: readonly Peer[];
  places: ReadonlyMap<string, Point>;
  middle: Point;
  size: Size;
  box: Size;
  /** Lines end at sigils, which sit above the middle of their boxes. */
  lift: number;
  /** Whether the line to a machine carries its round trip. */
  hasFigure: (id: string) => boolean;
}

/** The lines of the map, which come when everybody stands in place: a session is solid, with its round trip; what is not yet one is dashed. */
export function MapEdges({ peers, places, middle, size, box, lift, hasFigure }: MapEdgesProps) {
  const gradient = useId();
  const centre = { x: middle.x, y: middle.y - lift };
  return (
    <svg
      aria-hidden
      className="appearing absolute inset-0 size-full"
      viewBox={`0 0 ${size.width} ${size.height}`}
    >
      <defs>
        <radialGradient
          id={gradient}
          gradientUnits="userSpaceOnUse"
          cx={centre.x}
          cy={centre.y}
          r={size.width / 2}
        >
          <stop stopColor="var(--m1)" />
          <stop offset=".36" stopColor="var(--m2)" />
          <stop offset=".68" stopColor="var(--m3)" />
          <stop offset="1" stopColor="var(--m4)" />
        </radialGradient>
      </defs>
      {peers.length === 0 && <Rings middle={centre} size={size} />}
      {peers.map((peer) => {
        const place = places.get(peer.id);
        if (!place) return null;
        const end = { x: place.x, y: place.y - lift };
        return (
          <Edge
            key={peer.id}
            peer={peer}
            from={end}
            to={centre}
            lift={lift}
            box={box}
            light={gradient}
            figure={hasFigure(peer.id)}
          />
        );
      })}
    </svg>
  );
}

interface EdgeProps {
  peer: Peer;
  from: Point;
  to: Point;
  lift: number;
  box: Size;
  light: string;
  figure: boolean;
}

function Edge({ peer, from, to, lift, box, light, figure }: EdgeProps) {
  const { format } = useI18n();
  const path = bend(from, to);
  if (isPairing(peer)) return <Dashes path={path} className="stroke-warn" />;
  if (peer.state !== "trusted" || peer.presence === "away") return null;
  if (peer.presence === "nearby") return <Dashes path={path} className="stroke-line-strong" />;
  const label = figure ? freePlace(from, to, lift, box) : null;
  return (
    <>
      <path d={path} fill="none" strokeWidth="2" strokeLinecap="round" className="stroke-line-strong" />
      {peer.activity === "answering" && (
        <path
          d={path}
          fill="none"
          pathLength={100}
          stroke={`url(#${light})`}
          strokeWidth="3"
          strokeLinecap="round"
          className="flow"
        />
      )}
      {label && peer.rtt_ms !== null && (
        <text
          x={label.x}
          y={label.y}
          dy=".35em"
          textAnchor="middle"
          paintOrder="stroke"
          stroke="var(--inset)"
          strokeWidth="6"
          strokeLinejoin="round"
          className="num fill-ink-2 text-2xs"
        >
          {format.milliseconds(peer.rtt_ms)}
        </text>
      )}
    </>
  );
}

/** Where others will stand. */
function Rings({ middle, size }: { middle: Point; size: Size }) {
  return [0.28, 0.44].map((share) => (
    <ellipse
      key={share}
      cx={middle.x}
      cy={middle.y}
      rx={size.width * share}
      ry={size.height * share}
      fill="none"
      strokeDasharray="2 6"
      className="stroke-line-strong"
    />
  ));
}

function Dashes({ path, className }: { path: string; className: string }) {
  return (
    <path
      d={path}
      fill="none"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeDasharray="2 6"
      className={clsx(className)}
    />
  );
}

/** A gentle curve, always to the same side. */
function bend(from: Point, to: Point): string {
  const control = controlOf(from, to);
  return `M${from.x} ${from.y}Q${control.x} ${control.y} ${to.x} ${to.y}`;
}

function controlOf(from: Point, to: Point): Point {
  return {
    x: (from.x + to.x) / 2 + (to.y - from.y) * 0.1,
    y: (from.y + to.y) / 2 - (to.x - from.x) * 0.1,
  };
}

/** Along the line, where a figure covers the words of neither machine; nowhere where they are too near. */
function freePlace(from: Point, to: Point, lift: number, box: Size): Point | null {
  let best: Point | null = null;
  let most = FIGURE_HALF;
  for (let share = 0.25; share <= 0.7; share += 0.05) {
    const point = at(from, to, share);
    const free = Math.min(outside(point, from, lift, box), outside(point, to, lift, box));
    if (free > most) [best, most] = [point, free];
  }
  return best;
}

/** Half the height of a figure. */
const FIGURE_HALF = 6;

/** How far a point is outside the box of a machine whose sigil is at `sigil`. */
function outside(point: Point, sigil: Point, lift: number, box: Size): number {
  const x = Math.abs(point.x - sigil.x) - box.width / 2;
  const y = Math.abs(point.y - (sigil.y + lift)) - box.height / 2;
  return Math.max(x, y);
}

/** A point on the curve. */
function at(from: Point, to: Point, share: number): Point {
  const control = controlOf(from, to);
  const rest = 1 - share;
  const on = (a: number, b: number, c: number) => rest * rest * a + 2 * rest * share * b + share * share * c;
  return { x: on(from.x, control.x, to.x), y: on(from.y, control.y, to.y) };
}

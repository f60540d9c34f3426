import { randomFrom } from "./sigil-drawing";

const WIDTH = 1000;
const HEIGHT = 560;
const POINTS = drawPoints();
const LINES = drawLines();

/** A still field of neurons behind the map and empty states; drawn once, never moving. */
export function Field({ opacity = 0.5 }: { opacity?: number }) {
  return (
    <svg
      aria-hidden
      className="pointer-events-none absolute inset-0 size-full text-ink-3"
      preserveAspectRatio="xMidYMid slice"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      style={{ opacity, maskImage: "radial-gradient(closest-side, transparent 30%, black)" }}
    >
      <path d={LINES} stroke="currentColor" strokeWidth=".6" opacity=".28" fill="none" />
      {POINTS.map(({ x, y }, index) => (
        <circle key={x} cx={x} cy={y} r={index % 7 ? 1.3 : 2} fill="currentColor" opacity=".45" />
      ))}
    </svg>
  );
}

function drawPoints() {
  const random = randomFrom(7);
  return Array.from({ length: 46 }, () => ({ x: random() * WIDTH, y: random() * HEIGHT }));
}

function drawLines(): string {
  const near = POINTS.flatMap((from, index) =>
    POINTS.slice(index + 1)
      .filter((to) => Math.hypot(from.x - to.x, from.y - to.y) < 125)
      .map((to) => `M${from.x.toFixed()} ${from.y.toFixed()}L${to.x.toFixed()} ${to.y.toFixed()}`),
  );
  return near.join("");
}

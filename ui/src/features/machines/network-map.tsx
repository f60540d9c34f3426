import { useId } from "react";
import type { Machine } from "@/backend/api.gen";
import { Field } from "@/components/field";
import { drawSigil } from "@/components/sigil-drawing";
import { discColour, inkColour, SigilGlyph } from "@/components/sigil";
import { useI18n } from "@/i18n/i18n";

const CENTRE = { x: 300, y: 150 };
const RADIUS = 36;
/** Where others will stand: trusted machines on the inner ring, seen ones on the outer. */
const RINGS = [
  { rx: 134, ry: 86 },
  { rx: 252, ry: 140 },
];

/** The network with this machine in its middle. Positions are fixed; nothing drifts. */
export function NetworkMap({ self }: { self: Machine }) {
  const { t } = useI18n();
  return (
    <div className="relative overflow-hidden rounded-lg border border-line bg-inset">
      <Field opacity={0.9} />
      <svg
        viewBox="24 -2 552 304"
        className="relative block h-auto max-h-90 w-full"
        role="group"
        aria-label={t("machines.map")}
      >
        {RINGS.map(({ rx, ry }) => (
          <ellipse
            key={rx}
            cx={CENTRE.x}
            cy={CENTRE.y}
            rx={rx}
            ry={ry}
            fill="none"
            stroke="var(--line-strong)"
            strokeWidth="1"
            strokeDasharray="2 6"
            opacity=".7"
          />
        ))}
        <SelfNode machine={self} />
      </svg>
      <div className="relative border-t border-line bg-raised/60 px-4 py-3 text-center">
        <p className="text-sm font-medium">{t("machines.alone")}</p>
        <p className="mt-0.5 text-xs text-ink-3">{t("machines.alone_text")}</p>
      </div>
    </div>
  );
}

function SelfNode({ machine }: { machine: Machine }) {
  const { t } = useI18n();
  const glow = useId();
  const { hue } = drawSigil(machine.key);
  return (
    <g transform={`translate(${CENTRE.x} ${CENTRE.y})`}>
      <defs>
        <radialGradient id={glow}>
          <stop stopColor="var(--m2)" stopOpacity=".3" />
          <stop offset="1" stopColor="var(--m3)" stopOpacity="0" />
        </radialGradient>
      </defs>
      <circle r="84" fill={`url(#${glow})`} />
      <circle r={RADIUS + 5} fill="none" stroke={inkColour(hue, 0.25)} strokeWidth="1" />
      <circle r={RADIUS} fill={discColour(hue)} stroke={inkColour(hue, 0.55)} strokeWidth="1" />
      <g transform={`scale(${RADIUS / 15}) translate(-12 -12)`}>
        <SigilGlyph machineKey={machine.key} />
      </g>
      <MapLabel y={RADIUS + 25} className="fill-ink text-[12.5px] font-semibold max-sm:text-[19px]">
        {machine.name}
      </MapLabel>
      <MapLabel y={RADIUS + 41} className="fill-ink-3 text-[11px] max-sm:hidden">
        {t("machines.this")}
      </MapLabel>
    </g>
  );
}

/** Text with an edge in the ground's colour, so that lines may pass behind it. */
function MapLabel({ y, className, children }: { y: number; className: string; children: string }) {
  return (
    <text
      y={y}
      textAnchor="middle"
      paintOrder="stroke"
      stroke="var(--inset)"
      strokeWidth="5"
      strokeLinejoin="round"
      className={className}
    >
      {children}
    </text>
  );
}

import { useId } from "react";

/** Two stems and the crown between them: a tree whose branches root again. */
export function Logo({ size = 26 }: { size?: number }) {
  const gradient = useId();
  return (
    <svg width={size} height={size} viewBox="176 216 672 612" aria-hidden className="shrink-0">
      <defs>
        <linearGradient id={gradient} x1="222" y1="330" x2="802" y2="720" gradientUnits="userSpaceOnUse">
          <stop stopColor="var(--m1)" />
          <stop offset=".36" stopColor="var(--m2)" />
          <stop offset=".68" stopColor="var(--m3)" />
          <stop offset="1" stopColor="var(--m4)" />
        </linearGradient>
      </defs>
      <g
        fill="none"
        stroke={`url(#${gradient})`}
        strokeWidth="52"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M258 702V342Q300 520 512 566Q724 520 766 342V702" />
        <path d="M258 702Q392 668 512 566Q632 668 766 702" strokeOpacity=".45" />
      </g>
      <g fill={`url(#${gradient})`}>
        <circle cx="258" cy="702" r="70" />
        <circle cx="258" cy="342" r="70" />
        <circle cx="766" cy="342" r="70" />
        <circle cx="766" cy="702" r="70" />
        <circle cx="512" cy="566" r="88" />
      </g>
    </svg>
  );
}

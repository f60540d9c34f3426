import { useId } from "react";

/** A banyan: one crown out of three, and roots that come down from it. */
export function Logo({ size = 26 }: { size?: number }) {
  const gradient = useId();
  const fill = `url(#${gradient})`;
  return (
    <svg width={size} height={size} viewBox="100 74 824 824" aria-hidden className="shrink-0">
      <defs>
        <linearGradient id={gradient} x1="170" y1="250" x2="850" y2="800" gradientUnits="userSpaceOnUse">
          <stop stopColor="var(--m1)" />
          <stop offset=".36" stopColor="var(--m2)" />
          <stop offset=".68" stopColor="var(--m3)" />
          <stop offset="1" stopColor="var(--m4)" />
        </linearGradient>
      </defs>
      <path
        d="M268 590a152 152 0 1 1 59-292a192 192 0 0 1 370 0a152 152 0 1 1 59 292H571q-2 140 79 236H374q81-96 79-236Z"
        fill={fill}
      />
      <path
        d="M276 560Q280 690 252 798M748 560Q744 690 772 798"
        fill="none"
        stroke={fill}
        strokeWidth="54"
        strokeLinecap="round"
      />
    </svg>
  );
}

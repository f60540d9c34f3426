import { clsx } from "clsx";
import { useI18n } from "@/i18n/i18n";

/** Six digits in two groups, the same on every screen: always Latin, always left to right. */
export function PairCode({ code, quiet = false }: { code: string | null; quiet?: boolean }) {
  const { t } = useI18n();
  const digits = (code ?? "······").split("");
  return (
    <div
      role="img"
      aria-label={code ? t("pairing.code", { code: digits.join(" ") }) : t("pairing.code_coming")}
      dir="ltr"
      className={clsx("num flex justify-center gap-1.5", !code && "breathing")}
    >
      {[digits.slice(0, 3), digits.slice(3)].map((group, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two groups that never move
        <span key={place} className={clsx("flex min-w-0 gap-1.5", place === 1 && "ms-2")}>
          {group.map((digit, index) => (
            <span
              // oxlint-disable-next-line react/no-array-index-key -- digits repeat and never move
              key={index}
              className={clsx(
                "grid h-12 w-9 min-w-0 place-items-center rounded-md border bg-inset font-mono text-xl font-medium",
                quiet ? "border-line text-ink-2" : "border-line-strong text-ink",
              )}
            >
              {digit}
            </span>
          ))}
        </span>
      ))}
    </div>
  );
}

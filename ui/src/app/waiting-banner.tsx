import { Box, Radar } from "lucide-react";
import { useAccessRequests, usePairingsThatWait } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";
import { href, type Screen } from "@/routing/router";

/** On every other screen: somebody is waiting over there. It leads to them and takes nothing away. */
export function WaitingBanner({ screen }: { screen: Screen }) {
  const [first, ...others] = useWaiting().filter((one) => one.screen !== screen);
  return (
    // Always there, so that a screen reader hears what comes into it.
    <div role="status">{first && <Words waiting={first} others={others.length} />}</div>
  );
}

interface Waiting {
  screen: Screen;
  text: string;
}

/** Pairings first, for they run out of time. */
function useWaiting(): Waiting[] {
  const i18n = useI18n();
  const pairings = usePairingsThatWait().map(({ name, id, pairing }) => {
    const step = pairing?.step === "compare" ? "compare" : "requested";
    return waiting(i18n, "machines", `pairing_banner.${step}`, name ?? id.slice(0, 9));
  });
  const requests = useAccessRequests().map(({ name }) => waiting(i18n, "models", "access.banner", name));
  return [...pairings, ...requests];
}

function waiting(
  { t }: I18n,
  screen: Screen,
  key: "pairing_banner.compare" | "pairing_banner.requested" | "access.banner",
  name: string,
): Waiting {
  return { screen, text: t(key, { name }) };
}

function Words({ waiting: { screen, text }, others }: { waiting: Waiting; others: number }) {
  const { t } = useI18n();
  const Icon = screen === "models" ? Box : Radar;
  return (
    <div className="flex shrink-0 items-center gap-3 bg-accent-soft px-4 py-2 text-xs">
      <Icon size={16} aria-hidden className="shrink-0 text-accent-ink" />
      <span className="min-w-0 grow wrap-anywhere">
        {text}
        {others > 0 && ` ${t("pairing_banner.others", { count: others })}`}
      </span>
      <a
        href={href({ screen })}
        className="inline-flex h-8 shrink-0 items-center rounded-md border border-line-strong bg-raised px-2.5 font-medium transition-colors hover:bg-press"
      >
        {t("pairing_banner.look")}
      </a>
    </div>
  );
}

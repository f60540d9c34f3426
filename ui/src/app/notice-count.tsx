import { clsx } from "clsx";
import { useAccessRequests, usePairingsThatWait, useStatus } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";
import type { Screen } from "@/routing/router";

/** How many things on a screen need a look; nothing when none does. */
export function NoticeCount({ screen, className }: { screen: Screen; className?: string }) {
  const { format } = useI18n();
  const notices = useStatus().data?.notices.filter((notice) => notice.level !== "info").length ?? 0;
  const pairings = usePairingsThatWait().length;
  const requests = useAccessRequests().length;
  const counts: Partial<Record<Screen, number>> = {
    diagnostics: notices,
    machines: pairings,
    models: requests,
  };
  const count = counts[screen] ?? 0;
  if (count === 0) return null;
  return (
    <span
      className={clsx(
        "num grid h-4.5 min-w-4.5 place-items-center rounded-full bg-warn-soft px-1 text-2xs font-semibold text-warn-ink",
        className,
      )}
    >
      {format.number(count)}
    </span>
  );
}

import { clsx } from "clsx";
import { useStatus } from "@/data/reads";
import { useI18n } from "@/i18n/i18n";

/** How many things need a look; nothing when none does. */
export function NoticeCount({ className }: { className?: string }) {
  const { format } = useI18n();
  const count = useStatus().data?.notices.filter((notice) => notice.level !== "info").length ?? 0;
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

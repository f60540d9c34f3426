import { CircleAlert, CircleX, Info } from "lucide-react";
import type { Level, Notice } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { useI18n } from "@/i18n/i18n";
import { FindingText } from "@/components/finding-text";

const LOOKS: Record<Level, { icon: typeof Info; colour: string }> = {
  info: { icon: Info, colour: "text-accent-ink" },
  warning: { icon: CircleAlert, colour: "text-warn-ink" },
  problem: { icon: CircleX, colour: "text-bad-ink" },
};

/** What the node wants a person to know; nothing at all when there is nothing. */
export function NoticesCard({ notices }: { notices: readonly Notice[] }) {
  const { t } = useI18n();
  if (notices.length === 0) return null;
  return (
    <Card title={t("diagnostics.notices")}>
      <ul className="mt-2 -mb-2">
        {notices.map((notice) => {
          const { icon: Icon, colour } = LOOKS[notice.level];
          return (
            <li
              key={`${notice.code} ${Object.values(notice.params).join(" ")}`}
              className="flex items-start gap-3 border-t border-line py-2.5 first:border-0"
            >
              <Icon size={17} aria-hidden className={`mt-0.5 shrink-0 ${colour}`} />
              <FindingText finding={notice} />
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

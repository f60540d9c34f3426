import { Link2Off } from "lucide-react";
import { EmptyState } from "@/components/empty-state";
import { SentenceText } from "@/components/sentence-text";
import { useI18n } from "@/i18n/i18n";

/** The node does not know this page: only a new link helps. */
export function LinkSpent() {
  const { say } = useI18n();
  const { title, text, fix } = say({ code: "link_spent", params: {} });
  return (
    <main className="h-full bg-surface">
      <EmptyState
        mark={<Link2Off size={36} strokeWidth={1.5} className="text-warn-ink" />}
        title={title}
        text={
          <>
            <p>{text}</p>
            <p className="mt-3 text-ink">
              <SentenceText text={fix} />
            </p>
          </>
        }
      />
    </main>
  );
}

import type { AuditEntry, Peer } from "@/backend/api.gen";
import { Btn } from "@/components/btn";
import { InlineError } from "@/components/inline-error";
import { useHistoryOf } from "@/data/reads";
import { type I18n, useI18n } from "@/i18n/i18n";
import { useNow } from "@/components/use-now";
import { Section } from "./section";

const AGES_EVERY_MS = 10_000;

/** What was decided about the machine and refused to it, newest first. */
export function PeerHistory({ peer }: { peer: Peer }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const now = useNow(AGES_EVERY_MS);
  const history = useHistoryOf(peer.id);
  const entries = history.data?.pages.flat() ?? [];
  if (entries.length === 0 && !history.error) return null;
  return (
    <Section title={t("peer.history")}>
      {history.error && <InlineError error={history.error} onRetry={() => void history.refetch()} />}
      <ul className="mt-2 grid gap-2">
        {entries.map((entry) => (
          <li key={entry.id} className="flex items-baseline gap-2 text-xs">
            <span className="min-w-0 grow wrap-anywhere">{told(i18n, entry)}</span>
            <time
              dateTime={entry.at}
              title={format.dateTime(entry.at)}
              className="shrink-0 text-2xs text-ink-3"
            >
              {format.ago(entry.at, now)}
            </time>
          </li>
        ))}
      </ul>
      {history.hasNextPage && (
        <Btn
          size="sm"
          className="mt-1 -ms-2.5"
          busy={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t("peer.history_more")}
        </Btn>
      )}
    </Section>
  );
}

/** "Refused: Read shared files · nobody allowed it" */
function told({ t, lookUp }: I18n, { kind, details }: AuditEntry): string {
  const what = lookUp(`audit.${kind}`) ?? t("audit.unknown");
  const { permission, term, relation, reason } = details;
  const about = [
    permission && (lookUp(`permission.${permission}`) ?? permission),
    term && term !== "always" && lookUp(`audit.term_${term}`),
    relation && lookUp(`peer.is_${relation}`),
    reason && (lookUp(`audit.reason_${reason}`) ?? reason),
  ].filter((part) => typeof part === "string" && part !== "");
  return about.length === 0 ? what : `${what}: ${about.join(" · ")}`;
}

import { useId } from "react";
import type { LlmLimits, PeerPermission, PermissionGrant } from "@/backend/api.gen";
import { NumberField } from "@/components/number-field";
import { Segmented } from "@/components/segmented";
import { useI18n } from "@/i18n/i18n";

interface GrantFormProps {
  permission: PeerPermission;
  busy: boolean;
  /** Hands over a whole grant each time: what is not said would become usual again. */
  onChange: (grant: Partial<PermissionGrant>) => void;
}

type Choice = "always" | "today" | "once";

/** How long a permission holds, and for models how much of them. */
export function GrantForm({ permission, busy, onChange }: GrantFormProps) {
  const { t } = useI18n();
  const termId = useId();
  const { term, until, llm, folders } = permission;
  const limits = { ...(llm && { llm }), ...(folders && { folders }) };
  const lasting = until === null ? { term } : { term, minutes: minutesUntil(new Date(until)) };
  const setTerm = (choice: Choice) =>
    onChange(
      choice === "today"
        ? { ...limits, term: "until", minutes: minutesUntil(midnight()) }
        : { ...limits, term: choice },
    );
  const setLimit = (change: Partial<LlmLimits>) =>
    llm && onChange({ ...limits, ...lasting, llm: { ...llm, ...change } });

  return (
    <div className="mt-2.5 grid gap-3 rounded-md bg-inset p-3">
      <div>
        <p id={termId} className="mb-1 text-2xs text-ink-3">
          {t("permission.term")}
        </p>
        <Segmented<Choice | "other">
          value={term === "until" ? (isToday(until) ? "today" : "other") : term}
          options={(["always", "today", "once"] as const).map((value) => ({
            value,
            label: t(`permission.choice_${value}`),
          }))}
          onChange={(choice) => choice !== "other" && setTerm(choice)}
          labelledBy={termId}
          disabled={busy}
        />
      </div>
      {llm && (
        <div className="grid gap-3">
          <NumberField
            label={t("permission.field_per_minute")}
            value={llm.requests_per_minute}
            onChange={(value) => value !== null && setLimit({ requests_per_minute: value })}
          />
          <NumberField
            label={t("permission.field_at_once")}
            value={llm.concurrency}
            onChange={(value) => value !== null && setLimit({ concurrency: value })}
          />
          <NumberField
            label={t("permission.field_tokens")}
            value={llm.max_tokens}
            empty={t("permission.no_limit")}
            onChange={(value) => setLimit({ max_tokens: value })}
          />
        </div>
      )}
    </div>
  );
}

/** The one that ends today, where this page is. */
function midnight(): Date {
  const end = new Date();
  end.setHours(24, 0, 0, 0);
  return end;
}

/** At least one, so that a term is never over before it began. */
function minutesUntil(end: Date): number {
  return Math.max(1, Math.round((end.getTime() - Date.now()) / 60_000));
}

function isToday(until: string | null): boolean {
  return until !== null && new Date(until).getTime() < midnight().getTime() + 60_000;
}

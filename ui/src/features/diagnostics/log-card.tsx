import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import type { LogLevel, LogLine } from "@/backend/api.gen";
import { Card } from "@/components/card";
import { IconBtn } from "@/components/icon-btn";
import { InlineError } from "@/components/inline-error";
import { Select } from "@/components/select";
import { useBackend } from "@/data/backend-context";
import { queries } from "@/data/queries";
import { useI18n } from "@/i18n/i18n";

const LEVELS = ["error", "warn", "info", "debug"] as const;

const COLOURS: Record<LogLevel, string> = {
  debug: "text-ink-3",
  info: "text-accent-ink",
  warn: "text-warn-ink",
  error: "text-bad-ink",
};

/** The latest lines of the log, the newest first. */
export function LogCard() {
  const { t } = useI18n();
  const [level, setLevel] = useState<LogLevel>("info");
  const log = useQuery(queries.log(useBackend(), level));

  return (
    <Card
      title={t("diagnostics.log")}
      text={log.data && t("diagnostics.log_lines", { count: log.data.length })}
      action={
        <div className="flex items-center gap-1">
          <Select
            value={level}
            onChange={setLevel}
            label={t("diagnostics.log_level")}
            options={LEVELS.map((value) => ({ value, label: t(`option.log.level.${value}`) }))}
          />
          <IconBtn label={t("diagnostics.log_refresh")} onClick={() => void log.refetch()}>
            <RefreshCw size={15} className={log.isFetching ? "spinning" : undefined} />
          </IconBtn>
        </div>
      }
    >
      {log.error && (
        <div className="mt-3">
          <InlineError error={log.error} onRetry={() => void log.refetch()} />
        </div>
      )}
      {log.data?.length === 0 && <p className="mt-3 text-sm text-ink-2">{t("diagnostics.log_empty")}</p>}
      {log.data && log.data.length > 0 && (
        <ol
          dir="ltr"
          tabIndex={0}
          aria-label={t("diagnostics.log")}
          className="mt-3 max-h-96 overflow-auto rounded-md border border-line bg-inset py-1.5 font-mono text-xs"
        >
          {log.data.toReversed().map((line) => (
            <Line
              key={`${line.at} ${line.target} ${line.message} ${JSON.stringify(line.fields)}`}
              line={line}
            />
          ))}
        </ol>
      )}
    </Card>
  );
}

function Line({ line }: { line: LogLine }) {
  const { t, format } = useI18n();
  return (
    <li className="flex flex-wrap gap-x-2.5 px-3 py-0.5 sm:flex-nowrap">
      <time dateTime={line.at} title={format.dateTime(line.at)} className="num shrink-0 text-ink-3">
        {format.time(line.at)}
      </time>
      <span className={`w-10 shrink-0 font-medium ${COLOURS[line.level]}`}>{line.level}</span>
      <span className="min-w-0 wrap-anywhere">
        <span className="text-ink-3">{line.target} </span>
        {line.message}
        {Object.entries(line.fields).map(([name, value]) => (
          <span key={name} className="text-ink-2">
            {" "}
            <span className="text-ink-3">{name}=</span>
            {value}
          </span>
        ))}
        {line.count > 1 && (
          <span className="ms-2 rounded-full bg-press px-1.5 font-sans text-2xs text-ink-2">
            <bdi>{t("diagnostics.log_times", { count: line.count })}</bdi>
          </span>
        )}
      </span>
    </li>
  );
}

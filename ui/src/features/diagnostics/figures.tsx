import type { ReactNode } from "react";
import type { Status } from "@/backend/api.gen";
import { Meter } from "@/components/meter";
import { useI18n } from "@/i18n/i18n";

/** Below this much the disk counts as nearly full. */
const DISK_LOW_BYTES = 1e9;
const MEMORY_LOW_SHARE = 0.9;

/** How the node and its machine are doing. */
export function Figures({ status }: { status: Status }) {
  const { t, format } = useI18n();
  const { resources } = status;
  const used = 1 - resources.machine_memory_free_bytes / Math.max(1, resources.machine_memory_bytes);
  const machineMemory = t("diagnostics.machine_memory", {
    free: format.memory(resources.machine_memory_free_bytes),
    total: format.memory(resources.machine_memory_bytes),
  });

  return (
    <section
      aria-label={t("diagnostics.figures")}
      className="grid grid-cols-[repeat(2,minmax(0,1fr))] gap-2.5 lg:grid-cols-[repeat(5,minmax(0,1fr))]"
    >
      <Figure
        label={t("diagnostics.memory")}
        value={format.memory(resources.memory_bytes)}
        note={machineMemory}
        meter={<Meter value={used} label={machineMemory} tone={used > MEMORY_LOW_SHARE ? "warn" : "plain"} />}
      />
      <Figure
        label={t("diagnostics.processor")}
        value={format.percent(resources.cpu_percent)}
        note={t("diagnostics.processor_of", { count: resources.cores })}
        meter={<Meter value={resources.cpu_percent / 100} label={t("diagnostics.processor")} />}
      />
      <Figure
        label={t("diagnostics.uptime")}
        value={format.duration(status.uptime_seconds)}
        note={t("diagnostics.since", { time: format.dateTime(status.started_at) })}
      />
      <Figure
        label={t("diagnostics.errors")}
        value={format.percent(resources.error_percent)}
        tone={resources.errors_last_hour > 0 ? "warn" : "plain"}
        note={t("diagnostics.errors_of", {
          errors: resources.errors_last_hour,
          count: resources.calls_last_hour,
        })}
      />
      {resources.disk_free_bytes !== null && (
        <Figure
          label={t("diagnostics.disk")}
          value={format.bytes(resources.disk_free_bytes)}
          tone={resources.disk_free_bytes < DISK_LOW_BYTES ? "warn" : "plain"}
          note={t("diagnostics.disk_where")}
        />
      )}
    </section>
  );
}

interface FigureProps {
  label: string;
  value: string;
  note: string;
  meter?: ReactNode;
  tone?: "plain" | "warn";
}

function Figure({ label, value, note, meter, tone = "plain" }: FigureProps) {
  return (
    <div className="card flex flex-col p-3.5 last:max-lg:col-span-2">
      <p className="text-xs text-ink-3">{label}</p>
      <p
        className={`num mt-0.5 text-xl font-semibold tracking-[-.015em] ${tone === "warn" ? "text-warn-ink" : ""}`}
      >
        <bdi>{value}</bdi>
      </p>
      <p className="num mt-0.5 text-2xs text-ink-3">{note}</p>
      {meter && <div className="mt-auto pt-2.5">{meter}</div>}
    </div>
  );
}

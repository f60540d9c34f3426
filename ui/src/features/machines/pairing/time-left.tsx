import { Clock } from "lucide-react";
import { useI18n } from "@/i18n/i18n";
import { useSecondsLeft } from "./use-time-left";

/** Each step of a person takes a minute at most. */
export function TimeLeft({ until }: { until: string | null }) {
  const { t, format } = useI18n();
  const seconds = useSecondsLeft(until);
  if (seconds === null) return null;
  return (
    <p role="timer" className="num mt-3 flex items-center justify-center gap-1.5 text-2xs text-ink-3">
      <Clock size={12} aria-hidden />
      {t("pairing.time_left", { time: format.duration(seconds) })}
    </p>
  );
}

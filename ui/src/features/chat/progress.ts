import type { I18n } from "@/i18n/i18n";
import type { Answer } from "./answer";

/** What goes on before the first word. */
export function progressOf({ t, format }: I18n, { state, line }: Answer): string {
  if (state !== "waiting" || !line) return t("chat.asking");
  const time = format.seconds(line.etaMs);
  return line.ahead === 0
    ? t("chat.next_in_line", { machine: line.machine, time })
    : t("chat.in_line", { machine: line.machine, count: line.ahead, time });
}

import type { Language } from "./language";

/** Numbers, sizes and times in the digits and units of a language. */
export interface Formats {
  number: (value: number, options?: Intl.NumberFormatOptions) => string;
  percent: (value: number) => string;
  /** Storage, in steps of 1000 as disks are sold. */
  bytes: (value: number) => string;
  /** Memory, in steps of 1024 as it is built. */
  memory: (value: number) => string;
  /** The two largest units: "2 hr 10 min". */
  duration: (seconds: number) => string;
  /** Tokens of context, in steps of 1024 as models count them: "128k". */
  context: (tokens: number) => string;
  /** How long ago it was at the moment `now`: "12 sec. ago". */
  ago: (rfc3339: string, now: number) => string;
  milliseconds: (value: number) => string;
  /** A span of milliseconds in seconds: "0.4 sec". */
  seconds: (milliseconds: number) => string;
  /** "one, two, three" */
  list: (parts: readonly string[]) => string;
  time: (rfc3339: string) => string;
  dateTime: (rfc3339: string) => string;
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const SPANS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;
const SECOND = SPANS[3];

export function formatsOf(language: Language): Formats {
  const number = (value: number, options?: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(language, options).format(value);
  const unit = (value: number, name: string, digits = 0) =>
    number(value, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
  const time = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
  const list = new Intl.ListFormat(language, { style: "narrow", type: "conjunction" });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

  const size = (value: number, step: number) => {
    const power =
      value < step ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log(value) / Math.log(step) + 1e-9));
    const scaled = value / step ** power;
    return unit(scaled, SIZES[power] ?? "byte", scaled < 100 && power > 0 ? 1 : 0);
  };

  return {
    number,
    percent: (value) => number(value / 100, { style: "percent", maximumFractionDigits: value < 10 ? 1 : 0 }),
    bytes: (value) => size(value, 1000),
    memory: (value) => size(value, 1024),
    context(tokens) {
      if (tokens < 1024) return number(tokens);
      const thousands = Math.round(tokens / 1024);
      return thousands < 1024 ? `${number(thousands)}k` : `${number(Math.round(thousands / 1024))}M`;
    },
    duration(seconds) {
      const largest = Math.max(
        0,
        SPANS.findIndex(([, length]) => seconds >= length),
      );
      const start = seconds < 1 ? SPANS.length - 1 : largest;
      let rest = Math.floor(seconds);
      const parts: string[] = [];
      for (const [name, length] of SPANS.slice(start, start + 2)) {
        const whole = Math.floor(rest / length);
        rest -= whole * length;
        if (whole > 0 || parts.length === 0) parts.push(unit(whole, name));
      }
      return parts.join(" ");
    },
    ago(rfc3339, now) {
      const seconds = Math.max(0, (now - new Date(rfc3339).getTime()) / 1000);
      const [name, length] = SPANS.find((span) => seconds >= span[1]) ?? SECOND;
      return relative.format(-Math.floor(seconds / length), name);
    },
    milliseconds(value) {
      // The short sign also in Persian, whose word is longer than the figure; left to right as one piece.
      const figure = `${number(value, { maximumFractionDigits: value < 10 ? 1 : 0 })}\u00a0ms`;
      return language === "fa" ? `\u2066${figure}\u2069` : figure;
    },
    seconds: (milliseconds) => unit(milliseconds / 1000, "second", milliseconds < 10_000 ? 1 : 0),
    list: (parts) => list.format(parts),
    time: (rfc3339) => time.format(new Date(rfc3339)),
    dateTime: (rfc3339) => dateTime.format(new Date(rfc3339)),
  };
}

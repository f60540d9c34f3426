import type { Around } from "./peers";

/** What a test or a `?scenario=` in the address asks of the fake node. */
export interface Scenario {
  /** Nobody has welcomed this person yet. */
  firstRun?: boolean;
  /** Things are wrong on this machine: notices, failed checks, a closed firewall. */
  problems?: boolean;
  /** The machine is in order, and does not get through to others. */
  unreached?: boolean;
  /** The node does not answer. */
  offline?: boolean;
  /** Values come from flags and the environment. */
  readOnly?: boolean;
  /** The other machines; nobody unless told otherwise. */
  around?: Around;
  /** Ollama runs here, and others share their models: a few, or more than fit on a screen. */
  models?: boolean | "many";
  /** A browser without a desktop around it. */
  browser?: boolean;
  theme?: string;
  language?: string;
}

const NAMED: Record<string, Scenario> = {
  ready: {},
  "first-run": { firstRun: true },
  problems: { problems: true },
  unreached: { unreached: true, around: "two" },
  offline: { offline: true },
  readonly: { readOnly: true },
  browser: { browser: true },
  "two-machines": { around: "one" },
  "three-machines": { around: "two" },
  "twelve-machines": { around: "eleven" },
  models: { models: true, around: "two" },
  "many-models": { models: "many", around: "eleven" },
  crowd: { around: "crowd" },
};

/** `?scenario=problems&theme=dark&lang=fa` */
export function scenarioOf(search: string): Scenario {
  const query = new URLSearchParams(search);
  const name = query.get("scenario") ?? "ready";
  const named = NAMED[name];
  if (!named) throw new Error(`No scenario "${name}". There are: ${Object.keys(NAMED).join(", ")}.`);
  const theme = query.get("theme");
  const language = query.get("lang");
  return { ...named, ...(theme && { theme }), ...(language && { language }) };
}

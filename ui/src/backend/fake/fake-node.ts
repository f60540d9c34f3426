import type {
  ApiError,
  ChatAsk,
  ChatPiece,
  Code,
  Event,
  Happening,
  Setting,
  SettingValue,
  Unit,
} from "../api.gen";
import type { Answer, CallName, Params, StreamName } from "../backend";
import { FakeAccess } from "./access";
import { FakeChat } from "./chat";
import { Joining } from "./joining";
import { Neighbourhood } from "./neighbourhood";
import { fakePeers } from "./peers";
import { Serving } from "./serving";
import { createWorld, type World } from "./world";
import type { Scenario } from "./scenario";

interface Listener {
  deliver: (batch: Event[]) => void;
  reachable?: (reachable: boolean) => void;
}

type RunStream = (onPiece: (piece: ChatPiece) => void, signal?: AbortSignal) => Promise<void>;

type Handlers = { [K in CallName]: (params: Params<K>) => Answer<K> | Promise<Answer<K>> };

type OwnHandlers = Omit<
  Handlers,
  keyof Neighbourhood["calls"] | keyof Joining["calls"] | keyof FakeAccess["calls"] | keyof Serving["calls"]
>;

/**
 * A node in memory. It answers every call from its `world`, numbers its events
 * and keeps them for those who come back, as the real one does. Tests reach in
 * with `fail`, `hold`, `publish`, `forgetHistory` and `unreachable`.
 */
export class FakeNode {
  readonly world: World;
  /** The other machines and the people in front of them. */
  readonly others: Neighbourhood;
  readonly joining: Joining;
  readonly access: FakeAccess;
  readonly serving: Serving;
  readonly chat = new FakeChat();
  readonly received: { name: CallName; params: unknown }[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #failures = new Map<CallName | StreamName, ApiError>();
  readonly #held = new Map<CallName, Promise<void>>();
  readonly #started: ReadonlyMap<string, SettingValue>;
  readonly #handlers: Handlers;
  #history: Event[] = [];
  #seq = 0;
  #reachable: boolean;

  constructor(scenario: Scenario = {}) {
    this.world = createWorld(scenario);
    const tell = (...happenings: Happening[]) => this.publish(...happenings);
    this.others = new Neighbourhood(fakePeers(scenario.around ?? "nobody"), tell);
    this.joining = new Joining(this.others);
    this.access = new FakeAccess(this.others, tell);
    this.serving = new Serving(this.world, tell);
    this.#handlers = {
      ...this.#ownCalls,
      ...this.others.calls,
      ...this.joining.calls,
      ...this.access.calls,
      ...this.serving.calls,
    };
    this.#started = new Map(this.world.settings.map(({ key, value }) => [key, value]));
    this.#reachable = !scenario.offline;
  }

  async call(name: string, params: unknown): Promise<unknown> {
    if (!(name in this.#handlers)) throw apiError("unknown_call", { call: name });
    const known = name as CallName;
    this.received.push({ name: known, params });
    await this.#held.get(known);
    const failure = this.#failures.get(known);
    if (failure) throw failure;
    const handler = this.#handlers[known] as (params: unknown) => unknown;
    return handler(params);
  }

  static isStream(name: string): name is StreamName {
    return name === "chat.ask";
  }

  /** Begins a stream; what comes back runs it to its end. */
  async stream(name: string, params: unknown): Promise<RunStream> {
    if (!FakeNode.isStream(name)) throw apiError("unknown_call", { call: name });
    const failure = this.#failures.get(name);
    if (failure) throw failure;
    return (onPiece, signal) => this.chat.answer(params as ChatAsk, onPiece, signal);
  }

  subscribe(after: number | null, listener: Listener): () => void {
    this.#listeners.add(listener);
    listener.reachable?.(this.#reachable);
    const oldest = this.#history[0]?.seq ?? this.#seq + 1;
    const gap = after !== null && (after < oldest - 1 || after > this.#seq);
    const missed = after === null ? [] : this.#history.filter((event) => event.seq > after);
    if (gap) listener.deliver([{ seq: this.#seq, kind: "resync" }]);
    else if (missed.length > 0) listener.deliver(missed);
    return () => this.#listeners.delete(listener);
  }

  publish(...happenings: Happening[]) {
    const batch = happenings.map((happening): Event => ({ seq: ++this.#seq, ...happening }));
    this.#history.push(...batch);
    if (this.#reachable) for (const listener of this.#listeners) listener.deliver(batch);
  }

  /** How many listen right now. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Whoever returns after this finds a gap. */
  forgetHistory() {
    this.#history = [];
  }

  get unreachable(): boolean {
    return !this.#reachable;
  }

  set unreachable(unreachable: boolean) {
    this.#reachable = !unreachable;
    for (const listener of this.#listeners) listener.reachable?.(!unreachable);
  }

  /** Lets the call fail from now on, or work again without an error. */
  fail(name: CallName | StreamName, error: ApiError | null) {
    if (error) this.#failures.set(name, error);
    else this.#failures.delete(name);
  }

  /** Keeps answers to the call back until the returned function is called. */
  hold(name: CallName): () => void {
    let release = () => {};
    this.#held.set(name, new Promise<void>((resolve) => (release = resolve)));
    return () => {
      this.#held.delete(name);
      release();
    };
  }

  readonly #ownCalls: OwnHandlers = {
    status: () => this.world.status,
    "machines.list": () => [this.world.status.machine],
    "machines.rename": ({ name }) => {
      if (name.trim() === "") throw badSetting("machine.name", name, "1 to 64 characters");
      this.#write("machine.name", name.trim());
      return this.world.status.machine;
    },
    "settings.list": () => this.world.settings,
    "settings.set": ({ key, value }) => this.#write(key, value),
    "settings.reset": ({ key }) => this.#reset(key),
    "diagnostics.run": () => ({
      status: this.world.status,
      checks: this.world.checks,
      firewall: this.world.firewall,
      network: this.world.network,
    }),
    "diagnostics.report": () => ({ text: this.world.report }),
    "firewall.open": () => {
      this.world.firewall = { ...this.world.firewall, open: true, can_open: false, command: "" };
      return { firewall: this.world.firewall };
    },
    "log.read": ({ level, limit }) => {
      const order = ["debug", "info", "warn", "error"];
      const lines = this.world.log.filter((line) => order.indexOf(line.level) >= order.indexOf(level));
      return lines.slice(-limit);
    },
    "models.view": () => this.world.models,
    "chat.readiness": () => this.world.readiness,
    "desktop.state": () => this.#desktop(),
    "desktop.autostart": ({ on }) => {
      this.world.desktop = { ...this.#desktop(), autostart: on };
      return this.world.desktop;
    },
    "desktop.open": () => this.#desktop() && null,
    "desktop.pick_folder": () => this.#desktop() && { path: this.world.status.data_folder },
    "desktop.save_report": () => this.#desktop() && { path: `${this.world.status.data_folder}/report.txt` },
    "desktop.try_notification": () => this.#desktop() && null,
  };

  #desktop() {
    if (!this.world.desktop) throw apiError("no_desktop", {});
    return this.world.desktop;
  }

  #setting(key: string): Setting {
    const setting = this.world.settings.find((candidate) => candidate.key === key);
    if (!setting) throw apiError("unknown_setting", { key, near: "" });
    if (setting.read_only) throw apiError("setting_read_only", { key, origin: setting.origin });
    return setting;
  }

  #write(key: string, value: SettingValue): Setting {
    const setting = this.#setting(key);
    refuseWhatIsNotAllowed(setting, value);
    return this.#replace({ ...setting, value, source: "file", origin: this.world.status.config_file });
  }

  #reset(key: string): Setting {
    const setting = this.#setting(key);
    return this.#replace({ ...setting, value: setting.default, source: "default", origin: "" });
  }

  #replace(setting: Setting): Setting {
    const waiting = setting.needs_restart && String(setting.value) !== String(this.#started.get(setting.key));
    const next = { ...setting, waiting };
    this.world.settings = this.world.settings.map((old) => (old.key === next.key ? next : old));
    this.publish({ kind: "setting_changed", setting: next });
    if (next.key === "sharing.on") {
      this.world.models = { ...this.world.models, sharing: next.value === true };
      this.publish({ kind: "models_changed" });
    }
    if (next.key === "machine.name") {
      const machine = { ...this.world.status.machine, name: String(next.value) };
      this.world.status = { ...this.world.status, machine };
      this.publish({ kind: "machine_changed", machine });
    }
    return next;
  }
}

function refuseWhatIsNotAllowed({ key, kind }: Setting, value: SettingValue) {
  if (kind.type === "number" && (typeof value !== "number" || value < kind.min || value > kind.max)) {
    throw badSetting(key, String(value), `a ${NUMBER_OF[kind.unit]} from ${kind.min} to ${kind.max}`);
  }
  if (kind.type === "text" && typeof value === "string" && value.length > kind.max_chars) {
    throw badSetting(key, value, `at most ${kind.max_chars} characters`);
  }
  if (kind.type === "address" && !/^(\[[0-9a-f:]+\]|[\w.-]+):\d+$/i.test(String(value))) {
    throw badSetting(key, String(value), "an address such as 127.0.0.1:8080");
  }
}

/** The node's own words. */
const NUMBER_OF: Record<Unit, string> = {
  count: "whole number",
  port: "whole number",
  seconds: "whole number of seconds",
  bytes: "whole number of bytes",
  percent: "whole percentage",
};

function badSetting(key: string, value: string, allowed: string): ApiError {
  return apiError("bad_setting", { key, value, allowed, origin: "" });
}

function apiError(code: Code, params: Record<string, string>): ApiError {
  return { code, params, retryable: false };
}

import type { Backend, Code, Happening, Pull } from "../api.gen";
import type { Answer, CallName, Params } from "../backend";
import { ago } from "./peers";
import type { World } from "./world";

type ServingCall =
  | Extract<CallName, `backends.${string}`>
  | "models.show"
  | "models.pull"
  | "models.pulls"
  | "models.cancel_pull"
  | "models.delete";
type Handlers = { [K in ServingCall]: (params: Params<K>) => Answer<K> };

/** The servers of models of a fake node, and what they download. */
export class Serving {
  pulls: Pull[] = [];
  readonly #world: World;
  readonly #tell: (...happenings: Happening[]) => void;

  constructor(world: World, tell: (...happenings: Happening[]) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  readonly calls: Handlers = {
    "backends.list": () => this.#backends,
    "backends.add": ({ address, name, key, leaves_lan = false }) => {
      const id = name ?? address.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
      if (this.#backends.some((one) => one.id === id)) throw refusal("backend_known", { name: id });
      if (address.startsWith("https://") && !leaves_lan) throw refusal("backend_leaves_lan", { address });
      const added: Backend = {
        id,
        kind: "open_ai",
        address,
        by_hand: true,
        has_key: key !== undefined,
        standing: "up",
        since: ago(0),
        version: null,
        models: 1,
        trouble: null,
        leaves_lan,
        manages_models: false,
      };
      this.#become([...this.#backends, added]);
      return added;
    },
    "backends.try": ({ address, leaves_lan = false }) => {
      if (address.startsWith("https://") && !leaves_lan) throw refusal("backend_leaves_lan", { address });
      if (!/^(https?:\/\/)?[\w.[\]-]+(:\d+)?(\/.*)?$/.test(address))
        throw refusal("backend_address_wrong", { address });
      const nothing = address.includes("nothing");
      return {
        id: address,
        took_ms: nothing ? null : 12,
        version: null,
        models: nothing ? 0 : 4,
        trouble: nothing ? "nothing answers: connection refused" : null,
        answer: null,
      };
    },
    "backends.change": ({ id, address, name = id, key, forget_key = false, leaves_lan = false }) => {
      const known = this.#known(id);
      if (!known.by_hand) throw refusal("backend_built_in");
      if (name !== id && this.#backends.some((one) => one.id === name))
        throw refusal("backend_known", { name });
      const has_key = key !== undefined || (known.has_key && !forget_key && address === known.address);
      const changed: Backend = { ...known, id: name, address, has_key, leaves_lan };
      this.#become(this.#backends.map((one) => (one === known ? changed : one)));
      return changed;
    },
    "backends.remove": ({ id }) => {
      if (!this.#known(id).by_hand) throw refusal("backend_built_in");
      this.#become(this.#backends.filter((one) => one.id !== id));
      return null;
    },
    "backends.probe": ({ id, ask = false }) => {
      const { standing, version, models, trouble } = this.#known(id);
      const up = standing === "up";
      const answer = up && ask ? { model: "llama3.2:3b", took_ms: 240, trouble: null } : null;
      return {
        id,
        took_ms: up ? 3 : null,
        version,
        models,
        trouble: up ? null : (trouble ?? "nothing answers"),
        answer,
      };
    },
    "models.show": ({ model }) => {
      if (!this.#world.models.here.some((one) => one.name === model))
        throw refusal("model_not_here", { model });
      return {
        model,
        backend: "ollama",
        family: "llama",
        size: "3.2B",
        quantisation: "Q4_K_M",
        context: 131_072,
        dimensions: 3072,
        abilities: ["chat", "complete", "tools"],
        parameters: 'stop "<|eot_id|>"',
        template: "{{ .Prompt }}",
        system: null,
        licence: "LLAMA 3.2 COMMUNITY LICENSE AGREEMENT",
      };
    },
    "models.pull": ({ model, backend = "ollama" }) => {
      const known = this.pulls.find((one) => one.id === idOf(model));
      if (known?.state === "running" || known?.state === "waiting") return known;
      if (this.#backends.find((one) => one.id === backend)?.standing !== "up") throw refusal("nobody_pulls");
      return this.goesOn(model, { backend, state: "running", words: "pulling manifest", trouble: null });
    },
    "models.pulls": () => this.pulls,
    "models.cancel_pull": ({ model }) => {
      const id = idOf(model);
      if (!this.pulls.some((one) => one.id === id)) throw refusal("pull_unknown", { model });
      this.pulls = this.pulls.filter((one) => one.id !== id);
      this.#tell({ kind: "pull_gone", id });
      return null;
    },
    "models.delete": ({ model }) => {
      const { here } = this.#world.models;
      if (!here.some((one) => one.name === model)) throw refusal("model_not_here", { model });
      this.#world.models = { ...this.#world.models, here: here.filter((one) => one.name !== model) };
      this.#tell({ kind: "models_changed" });
      return null;
    },
  };

  /** What a server tells of a download. */
  goesOn(model: string, change: Partial<Pull>): Pull {
    const id = idOf(model);
    const begun: Pull = {
      id,
      model,
      backend: "ollama",
      state: "running",
      began: ago(0),
      bytes: 0,
      total_bytes: 0,
      parts: [],
      words: "",
      trouble: null,
    };
    const pull = { ...(this.pulls.find((one) => one.id === id) ?? begun), ...change };
    this.pulls = [...this.pulls.filter((one) => one.id !== id), pull];
    this.#tell({ kind: "pull_changed", pull });
    return pull;
  }

  get #backends(): Backend[] {
    return this.#world.models.backends;
  }

  #known(id: string): Backend {
    const known = this.#backends.find((one) => one.id === id);
    if (!known) throw refusal("backend_unknown", { name: id });
    return known;
  }

  #become(backends: Backend[]) {
    this.#world.models = { ...this.#world.models, backends };
    this.#tell({ kind: "models_changed" });
  }
}

function idOf(model: string): string {
  const name = model.toLowerCase();
  return name.includes(":") ? name : `${name}:latest`;
}

function refusal(code: Code, params: Record<string, string> = {}) {
  return { code, params, retryable: code === "nobody_pulls" };
}

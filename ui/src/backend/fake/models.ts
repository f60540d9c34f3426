import type { MachineModels, Model, ModelsView } from "../api.gen";
import { fakePeers, ago } from "./peers";
import type { Scenario } from "./scenario";

const SELF = "P45J-YHS3-QLID-EZXB-66RM-SNIL-RUPG-6SVS-WBO6-6ENW-UTT6-2LUV-GA";

/** The id of a machine that models are about. */
export function machineId(name: string): string {
  if (name === "self") return SELF;
  return fakePeers("eleven").find((peer) => peer.name === name)?.id ?? name;
}

/** What can be asked, here and elsewhere. */
export function fakeModels({ models = false }: Scenario): ModelsView {
  if (!models) return { sharing: false, backends: [noOllama()], here: [], elsewhere: [], line: [] };
  return {
    sharing: true,
    backends: [
      {
        id: "ollama",
        standing: "up",
        since: ago(7_700),
        version: "0.12.3",
        models: 3,
        trouble: null,
        leaves_lan: false,
      },
    ],
    here: [
      model("llama3.2:3b", 2.0, { parameters: 3.2e9, loaded: true, speed: 38.4 }),
      model("qwen3:8b", 5.2, { parameters: 8.2e9, context: 40_960, speed: 17.1 }),
      model("nomic-embed-text", 0.27, { parameters: 137e6, context: 2048, chats: false }),
    ],
    elsewhere: [
      offer("atlas", [
        model("qwen3:32b", 20.2, { parameters: 32.8e9, context: 40_960, loaded: true, speed: 61.2 }),
        model("qwen3:8b", 5.2, { parameters: 8.2e9, context: 40_960, speed: 144 }),
      ]),
      {
        ...offer("ren-laptop", [model("gemma3:4b", 3.3, { parameters: 4.3e9, context: 131_072, speed: 33 })]),
        permitted: false,
      },
    ],
    line: [
      { peer: null, name: null, state: "running", tokens: 118, ahead: 0, eta_ms: 0 },
      {
        peer: machineId("ren-laptop"),
        name: "ren-laptop",
        state: "waiting",
        tokens: 0,
        ahead: 1,
        eta_ms: 9_000,
      },
    ],
  };
}

function noOllama(): ModelsView["backends"][number] {
  return {
    id: "ollama",
    standing: "down",
    since: ago(7_840),
    version: null,
    models: 0,
    trouble: null,
    leaves_lan: false,
  };
}

function model(name: string, gigabytes: number, about: Partial<Model>): Model {
  return {
    name,
    digest: `sha256:${name}`,
    bytes: gigabytes * 1e9,
    parameters: null,
    context: 131_072,
    chats: true,
    loaded: false,
    leaves_lan: false,
    speed: null,
    ...about,
  };
}

function offer(name: string, models: Model[]): MachineModels {
  return { peer: machineId(name), name, permitted: true, models, slots: 2, free: 1, waiting: 0, eta_ms: 0 };
}

import type { MachineModels, Model, ModelsView } from "../api.gen";
import { fakePeers, ago } from "./peers";
import type { Scenario } from "./scenario";

const SELF = "P45J-YHS3-QLID-EZXB-66RM-SNIL-RUPG-6SVS-WBO6-6ENW-UTT6-2LUV-GA";

const OLLAMA = {
  id: "ollama",
  kind: "ollama",
  address: "http://127.0.0.1:11434",
  by_hand: false,
  has_key: false,
  manages_models: true,
} as const;

/** The id of a machine that models are about. */
export function machineId(name: string): string {
  if (name === "self") return SELF;
  return fakePeers("eleven").find((peer) => peer.name === name)?.id ?? name;
}

/** What can be asked, here and elsewhere. */
export function fakeModels({ models = false }: Scenario): ModelsView {
  if (models === "many") return manyModels();
  if (!models)
    return { sharing: false, backends: [noOllama()], here: [], elsewhere: [], line: [], traffic: [] };
  return {
    sharing: true,
    backends: [
      {
        ...OLLAMA,
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
      model("nomic-embed-text", 0.27, { parameters: 137e6, context: 2048, chats: false, embeds: true }),
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
    traffic: [
      {
        peer: machineId("atlas"),
        name: "atlas",
        messages_sent: 214,
        messages_heard: 260,
        asked: { questions: 31, tokens_read: 18_400, tokens_written: 9_120 },
        served: { questions: 4, tokens_read: 2_050, tokens_written: 1_310 },
      },
    ],
  };
}

/** Several servers, one of them silent and one elsewhere, and names of every length. */
function manyModels(): ModelsView {
  const few = fakeModels({ models: true });
  const [ollama] = few.backends;
  const gemma = { parameters: 27.4e9, speed: 41.3 };
  return {
    ...few,
    backends: [
      ...(ollama ? [{ ...ollama, models: 4 }] : []),
      {
        ...byHand("llama-server", "http://127.0.0.1:8081/v1"),
        standing: "silent",
        trouble: "no answer within 2 s",
      },
      {
        ...byHand("api.example.org", "https://api.example.org/v1"),
        has_key: true,
        standing: "up",
        version: null,
        models: 1,
        leaves_lan: true,
      },
    ],
    here: [
      ...few.here,
      model("hf.co/unsloth/Qwen3-Coder-30B-A3B-Instruct-1M-GGUF:UD-Q4_K_XL", 17.7, {
        parameters: 30.5e9,
        context: 1_048_576,
        speed: 6.2,
      }),
      model("gpt-large", 0, { leaves_lan: true, speed: 92 }),
    ],
    elsewhere: [
      ...few.elsewhere,
      offer("lab-server", [
        // The same file under another name.
        model("qwen3", 5.2, { digest: "sha256:qwen3:8b", parameters: 8.2e9, context: 40_960, speed: 98 }),
        model("gemma3:27b", 17.4, { ...gemma, loaded: true }),
        model("gpt-oss:120b", 65.4, { parameters: 117e9, speed: 29.5 }),
        model("mistral-small:24b", 14.3, { parameters: 23.6e9, context: 32_768, speed: 52 }),
        model("deepseek-r1:14b", 9, { parameters: 14.8e9, speed: 71 }),
      ]),
      {
        ...offer("kitchen-nuc", [
          model("gemma3:27b", 17.4, { ...gemma, speed: 2.8 }),
          model("llama3.2:3b", 2.0, { parameters: 3.2e9, speed: 14.1 }),
          model("phi4-mini:3.8b", 2.5, { parameters: 3.8e9, speed: 12.6 }),
        ]),
        slots: 1,
        free: 0,
        waiting: 2,
        eta_ms: 48_000,
      },
    ],
  };
}

function byHand(id: string, address: string): ModelsView["backends"][number] {
  return { ...noOllama(), id, kind: "open_ai", address, by_hand: true, manages_models: false };
}

function noOllama(): ModelsView["backends"][number] {
  return {
    ...OLLAMA,
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
    sees: false,
    uses_tools: false,
    thinks: false,
    embeds: false,
    loaded: false,
    leaves_lan: false,
    speed: null,
    ...about,
  };
}

function offer(name: string, models: Model[]): MachineModels {
  return { peer: machineId(name), name, permitted: true, models, slots: 2, free: 1, waiting: 0, eta_ms: 0 };
}

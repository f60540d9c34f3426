/** Small models to begin with, as Ollama's library names them, and what they weigh there. */
export const FIRST_MODELS = [
  { model: "gemma3:1b", bytes: 815e6, about: "small" },
  { model: "llama3.2", bytes: 2.0e9, about: "usual" },
  { model: "qwen3:4b", bytes: 2.6e9, about: "able" },
] as const;

import type { ApiError, Code } from "./api.gen";

/** A failed call as the page handles it: code and parameters, never a sentence. */
export class CallError extends Error implements ApiError {
  override readonly name = "CallError";
  readonly code: Code;
  readonly params: Record<string, string>;
  readonly retryable: boolean;

  constructor(error: ApiError) {
    super(error.code);
    this.code = error.code;
    this.params = error.params;
    this.retryable = error.retryable;
  }
}

/** Whatever a transport threw or received, as a `CallError`. */
export function callError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  if (isApiError(thrown)) return new CallError(thrown);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallError({ code: "internal", params: { reason }, retryable: true });
}

export function noNode(): CallError {
  return new CallError({ code: "no_node", params: {}, retryable: true });
}

/** The node knows this page no longer: its token or its link is spent. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CallError && (error.code === "unauthorized" || error.code === "link_spent");
}

function isApiError(value: unknown): value is ApiError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "params" in value &&
    typeof value.params === "object" &&
    value.params !== null &&
    "retryable" in value &&
    typeof value.retryable === "boolean"
  );
}

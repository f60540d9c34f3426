import { callError, CallError, noNode } from "./call-error";

const STORAGE_KEY = "banyan.token";

/**
 * The token of this browser tab. A one-time link carries a code in its
 * fragment, which no server ever sees in a request line; the code buys a token
 * that lives in `sessionStorage`. Cookies would be shared by every port of
 * localhost.
 */
export class Session {
  readonly #fetch: typeof fetch;
  readonly #storage: Storage;
  #token: string | null;

  private constructor(fetcher: typeof fetch, storage: Storage, token: string | null) {
    this.#fetch = fetcher;
    this.#storage = storage;
    this.#token = token;
  }

  /** Exchanges the code in the address, if there is one, and takes it out of the address. */
  static async open(
    base: string,
    page: { location: Location; history: History; storage: Storage; fetch: typeof fetch },
  ): Promise<Session> {
    const code = Session.codeIn(page.location);
    const session = new Session(page.fetch, page.storage, page.storage.getItem(STORAGE_KEY));
    if (code) {
      // While nothing answers, the code stays in the address for the next attempt.
      const response = await session.#send(base, decodeURIComponent(code));
      page.history.replaceState(null, "", page.location.pathname + page.location.search);
      await session.#keepToken(response);
    }
    return session;
  }

  /** The code of a one-time link, if the address carries one. */
  static codeIn(location: Location): string | undefined {
    return /^#code=([^&]+)/.exec(location.hash)?.[1];
  }

  /** The header that shows who we are; without a token the call is refused here already. */
  authorization(): string {
    if (!this.#token) throw new CallError({ code: "unauthorized", params: {}, retryable: false });
    return `Bearer ${this.#token}`;
  }

  forget() {
    this.#token = null;
    this.#storage.removeItem(STORAGE_KEY);
  }

  async #send(base: string, code: string): Promise<Response> {
    try {
      return await this.#fetch(`${base}/rpc/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ code }),
      });
    } catch {
      throw noNode();
    }
  }

  async #keepToken(response: Response) {
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      // A reload of a spent link finds the token of the first visit.
      if (this.#token) return;
      throw callError(body);
    }
    this.#token = tokenOf(body);
    this.#storage.setItem(STORAGE_KEY, this.#token);
  }
}

function tokenOf(body: unknown): string {
  if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string") {
    return body.token;
  }
  throw new CallError({ code: "internal", params: { reason: "session without token" }, retryable: false });
}

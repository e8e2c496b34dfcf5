/** The public API of a server, as any program would use it: GraphQL over HTTP, by token. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplayFailure } from './failure.ts';

const ANSWER_TIMEOUT_MS = 60_000;
/** How long a server may be away in the middle of a replay, as in a restart. */
const AWAY_MAX_MS = 60_000;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 3_000;

/** What the API refused, by its ErrorCode. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly code: string;
  readonly field: string | null;

  constructor(message: string, code: string, field: string | null) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

interface GraphQLAnswer<Data> {
  data?: Data | null;
  errors?: {
    message: string;
    extensions?: { code?: string; field?: string; retryAfterMs?: number };
  }[];
}

export class Api {
  readonly url: string;
  /** Is told when the server makes the replay wait, and for how long. */
  readonly #onWait: (cause: string, waitMs: number) => void;
  readonly #closing = new AbortController();
  #answered = false;

  constructor(url: string, onWait: (cause: string, waitMs: number) => void) {
    this.url = url;
    this.#onWait = onWait;
  }

  /**
   * Runs an operation that may be repeated. Waits where the API says so, and comes back to a server
   * that has answered before and is away.
   * @throws ApiRefusal for any other refusal; ReplayFailure where the server stays away.
   */
  async ask<Data>(query: string, variables: object, token: string | null): Promise<Data> {
    const body = JSON.stringify({ query, variables });
    const startedAt = Date.now();
    for (let retryMs = RETRY_FIRST_MS; ; retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)) {
      const answer = await this.#post<Data>(body, token).catch((error: unknown) => {
        if (error instanceof ReplayFailure || this.#closing.signal.aborted) throw error;
        if (this.#answered && Date.now() - startedAt < AWAY_MAX_MS) return null;
        throw new ReplayFailure(
          `The server at ${this.url} cannot be reached (${causeOf(error)}): start it, or correct --url.`,
        );
      });
      if (answer === null) {
        await this.#sleep(retryMs);
        continue;
      }
      this.#answered = true;
      const error = answer.errors?.[0];
      if (!error && answer.data) return answer.data;
      const { code = 'INTERNAL', field, retryAfterMs } = error?.extensions ?? {};
      const waitMs = code === 'UNAVAILABLE' ? retryMs : retryAfterMs;
      const mayRetry = code === 'RATE_LIMITED' || Date.now() - startedAt < AWAY_MAX_MS;
      if (waitMs === undefined || !mayRetry) {
        throw new ApiRefusal(error?.message ?? 'There is no answer.', code, field ?? null);
      }
      if (code === 'RATE_LIMITED') this.#onWait(error!.message, waitMs);
      await this.#sleep(waitMs);
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort();
  }

  #sleep(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#closing.signal });
  }

  async #post<Data>(body: string, token: string | null): Promise<GraphQLAnswer<Data>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'user-agent': 'parley-replay',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body,
      signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    const text = await response.text();
    // A proxy in front of a server that restarts.
    if (response.status >= 502 && response.status <= 504) throw new Error(`${response.status}`);
    try {
      return JSON.parse(text) as GraphQLAnswer<Data>;
    } catch {
      throw new ReplayFailure(
        `${this.url}/graphql is not the API of a Parley server (it answers ${response.status}): correct --url.`,
      );
    }
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

import type { TypedDocument } from './document.ts';
import { type GraphQLFault, offline, refusalOf } from './error.ts';

export interface Http {
  /** The address of `/graphql`. */
  endpoint: string;
  fetch: typeof globalThis.fetch;
  token(): string | undefined;
  /** An answer that takes longer is given up. */
  timeoutMs: number;
}

interface Answer<Data> {
  data?: Data | null;
  errors?: GraphQLFault[];
}

/** Runs one operation, once. Rejects with a ParleyError, or with the signal's reason. */
export async function request<Data, Variables>(
  { endpoint, fetch, token, timeoutMs }: Http,
  document: TypedDocument<Data, Variables>,
  variables: Variables | undefined,
  signal: AbortSignal,
): Promise<Data> {
  signal.throwIfAborted();
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  const timeout = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort);
  const bearer = token();
  let answer: Answer<Data>;
  let status = 0;
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(bearer && { authorization: `Bearer ${bearer}` }),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: attempt.signal,
    });
    status = response.status;
    answer = (await response.json()) as Answer<Data>;
  } catch (cause) {
    signal.throwIfAborted();
    throw offline(
      status ? `What answered was not the server (${status}).` : 'The server was not reached.',
      cause,
    );
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', abort);
  }
  // Something between may answer in JSON, too.
  if (answer?.errors === undefined && !answer?.data) {
    throw offline(`What answered was not the server (${status}).`);
  }
  if (answer.errors?.length || !answer.data) throw refusalOf(answer.errors);
  return answer.data;
}

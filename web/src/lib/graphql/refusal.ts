import type { CombinedError } from '@urql/core';

/** The schema's `ErrorCode`, which travels in `extensions` and so in no operation's type. */
type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID_INPUT'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'RESYNC_REQUIRED'
  | 'TOO_COMPLEX'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** Why an operation failed, in the terms of the API's `ErrorCode`. */
export interface Refusal {
  /** `OFFLINE` is ours: the server was not reached, or something between did not answer in its name. */
  code: ErrorCode | 'OFFLINE';
  /** Made for people; may be shown. */
  message: string;
  /** The input field at fault. */
  field?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** What an operation's error means, for whoever has to show it or to decide on another try. */
export function refusalOf(error: CombinedError): Refusal {
  const first = error.graphQLErrors[0];
  if (!first) {
    return {
      code: 'OFFLINE',
      message: 'The server can’t be reached. Check the connection and try again.',
    };
  }
  const { code, field, retryAfterMs } = first.extensions as {
    code?: ErrorCode;
    field?: string;
    retryAfterMs?: number;
  };
  return { code: code ?? 'INTERNAL', message: first.message, field, retryAfterMs };
}

import type { CombinedError } from '@urql/core';
import { type ParleyErrorCode, ParleyError } from '../../../../client/src/error.ts';

/** Why an operation failed, in the terms of the API's `ErrorCode`. */
export interface Refusal {
  code: ParleyErrorCode;
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
    // As it comes from the socket.
    if (error.networkError instanceof ParleyError) return error.networkError;
    return {
      code: 'OFFLINE',
      message: 'The server can’t be reached. Check the connection and try again.',
    };
  }
  const { code, field, retryAfterMs } = first.extensions as {
    code?: ParleyErrorCode;
    field?: string;
    retryAfterMs?: number;
  };
  return { code: code ?? 'INTERNAL', message: first.message, field, retryAfterMs };
}

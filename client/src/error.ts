/** The schema's `ErrorCode`, which travels in `extensions` and so in no operation's type. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID_INPUT'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'RESYNC_REQUIRED'
  | 'TOO_COMPLEX'
  | 'STORAGE_FULL'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/**
 * `OFFLINE` and `CLOSED` are ours: the server was not reached, or something between did not answer in its name; the
 * client was closed. A document that is not valid has a code of the server's libraries.
 */
export type ParleyErrorCode = ErrorCode | 'OFFLINE' | 'CLOSED' | (string & {});

export interface ErrorDetails {
  /** The input field at fault. */
  field?: string | undefined;
  /** Milliseconds to wait before the next try. */
  retryAfterMs?: number | undefined;
  /** What finds a fault of the server in its log. */
  reference?: string | undefined;
}

/** Why an operation failed. Its message is made for people and may be shown. */
export class ParleyError extends Error {
  override name = 'ParleyError';
  readonly code: ParleyErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly reference: string | undefined;

  constructor(code: ParleyErrorCode, message: string, details: ErrorDetails & ErrorOptions = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.code = code;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    this.reference = details.reference;
  }
}

/** An error as GraphQL answers it. */
export interface GraphQLFault {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What the server says with `errors`: the first of them counts. */
export function refusalOf(errors: readonly GraphQLFault[] | undefined): ParleyError {
  const [first] = errors ?? [];
  if (!first) return offline('The server gave no answer.');
  const { code, ...details } = (first.extensions ?? {}) as ErrorDetails & { code?: string };
  return new ParleyError(code ?? 'INVALID_DOCUMENT', first.message, details);
}

export function offline(message: string, cause?: unknown): ParleyError {
  return new ParleyError('OFFLINE', message, { cause });
}

/** Whether the same may succeed in a while, with nothing changed. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ParleyError &&
    (error.code === 'OFFLINE' || error.code === 'UNAVAILABLE' || error.code === 'RATE_LIMITED')
  );
}

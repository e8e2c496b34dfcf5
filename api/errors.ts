/**
 * Why an operation was refused: `errors[].extensions.code`, the same over HTTP, SSE and WebSocket.
 * The descriptions become the enum's in the schema.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'The operation needs an account: log in, or send a token that is still valid.',
  FORBIDDEN: 'The viewer may see it, but may not do this with it.',
  NOT_FOUND: 'It does not exist, or the viewer may not see it; the answer is the same for both.',
  INVALID_INPUT: 'A value is not acceptable; `extensions.field` names the input field.',
  CONFLICT: 'It contradicts what is there already, such as a name that is taken.',
  RATE_LIMITED: 'Too much at once; `extensions.retryAfterMs` says when to try again.',
  RESYNC_REQUIRED:
    'The cursor belongs to a history that is no more: load afresh and go on from there.',
  TOO_COMPLEX: 'The operation asks for more than one operation may: ask for less, or in parts.',
  STORAGE_FULL: 'The server’s disk has no room left for files; what is there already is safe.',
  UNAVAILABLE: 'The server cannot do this just now; the same operation may succeed shortly.',
  INTERNAL: 'A fault of the server; `extensions.reference` finds it in its log.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface RefusalDetails {
  /** The input field at fault. */
  field?: string;
  /** Milliseconds to wait before the next try. */
  retryAfterMs?: number;
}

/** What a user can cause. Its message is written for people and is shown to them. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: ErrorCode;
  readonly details: RefusalDetails;

  constructor(code: ErrorCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** What keeps a server from starting: one line that names the cause and the remedy. */
export class StartupError extends Error {
  override name = 'StartupError';
}

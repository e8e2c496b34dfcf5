/** What of an error is told: refusals and errors of the document as they are, all else an id. */
import { randomUUID } from 'node:crypto';
import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import { Refusal } from './errors.ts';
import type { Logger } from './log.ts';

/**
 * Classes of SQLSTATE, codes of sockets and codes of Prisma that say that the database is away for now,
 * or that two transactions stood in each other's way: the same may succeed shortly.
 */
const DATABASE_AWAY =
  /^(08|40|53|57P0|ECONN|EPIPE|ETIMEDOUT|ENOENT$|P1001$|P1002$|P1008$|P1017$|P2024$|P2028$|P2034$)/;

/** The same, in words of pg and its pool that bring no code. */
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect/;

/** The same, by what Prisma's driver adapter calls errors of sockets, which at COMMIT come without a code. */
const ADAPTER_AWAY = new Set<unknown>([
  'ConnectionClosed',
  'DatabaseNotReachable',
  'SocketTimeout',
  'TooManyConnections',
]);

/** SQLSTATE */
const CHARACTER_NOT_IN_REPERTOIRE = '22021';

export function maskError(error: unknown, log: Logger): GraphQLError {
  const graphqlError = error instanceof GraphQLError ? error : null;
  const cause = graphqlError ? causeOf(graphqlError) : error;
  // An error of the document or the variables is the sender's to read.
  if (graphqlError && (cause === undefined || cause instanceof GraphQLError)) return graphqlError;
  const { message, extensions } = describe(cause, log);
  return new GraphQLError(message, {
    ...(graphqlError?.nodes && { nodes: graphqlError.nodes }),
    ...(graphqlError?.source && { source: graphqlError.source }),
    ...(graphqlError?.positions && { positions: graphqlError.positions }),
    ...(graphqlError?.path && { path: graphqlError.path }),
    extensions,
  });
}

/** The error beneath those that libraries have wrapped around it. */
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error.originalError ?? error.cause;
  while (cause instanceof GraphQLError && (cause.originalError ?? cause.cause)) {
    cause = cause.originalError ?? cause.cause;
  }
  return cause;
}

function describe(cause: unknown, log: Logger) {
  if (cause instanceof Refusal) {
    return { message: cause.message, extensions: { code: cause.code, ...cause.details } };
  }
  if (cause instanceof PothosValidationError) {
    return { message: cause.message, extensions: { code: 'INVALID_INPUT' } };
  }
  if (isNoText(cause)) {
    return {
      message: 'A text has characters that are no text.',
      extensions: { code: 'INVALID_INPUT' },
    };
  }
  const reference = randomUUID();
  log.error({ err: cause, reference }, 'An operation failed');
  if (isDatabaseAway(cause)) {
    return {
      message: 'The server cannot reach its database. Try again in a moment.',
      extensions: { code: 'UNAVAILABLE', reference },
    };
  }
  return {
    message: `Something is wrong with the server. The reference for its log is ${reference}.`,
    extensions: { code: 'INTERNAL', reference },
  };
}

/** Whether an error, masked or not yet, says that the same operation may succeed shortly. */
export function isUnavailable(error: GraphQLError): boolean {
  if (error.extensions['code'] === 'UNAVAILABLE') return true;
  const cause = causeOf(error);
  return (cause instanceof Refusal && cause.code === 'UNAVAILABLE') || isDatabaseAway(cause);
}

/** Whether an error says that the database cannot be reached rather than that it was asked wrongly. */
export function isDatabaseAway(error: unknown): boolean {
  return anyCause(
    error,
    ({ code, kind, message = '' }) =>
      (typeof code === 'string' && DATABASE_AWAY.test(code)) ||
      ADAPTER_AWAY.has(kind) ||
      CONNECTION_LOST.test(message),
  );
}

/** Whether the database was asked with a text that it cannot hold, such as one with U+0000, where nothing had looked at it before. */
function isNoText(error: unknown): boolean {
  return anyCause(error, ({ code }) => code === CHARACTER_NOT_IN_REPERTOIRE);
}

/** Not all that drivers give as a cause is an Error. */
function anyCause(error: unknown, is: (cause: Cause) => boolean): boolean {
  for (let cause = error as Cause | undefined; cause instanceof Object; cause = cause.cause) {
    if (is(cause) || anyCause(cause.meta?.driverAdapterError, is)) return true;
  }
  return false;
}

interface Cause {
  code?: unknown;
  kind?: unknown;
  message?: string;
  cause?: Cause;
  meta?: { driverAdapterError?: unknown };
}

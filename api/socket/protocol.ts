/** What graphql-ws asks of us: who may connect, and how an operation is run. */
import { type DocumentNode, type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context as ProtocolContext, makeServer, type Server } from 'graphql-ws';
import type { App } from '../app.ts';
import { Census } from '../census.ts';
import { type Context, takeOperation } from '../context.ts';
import { deliver } from '../delivery.ts';
import { Refusal } from '../errors.ts';
import { maskError } from '../masking.ts';
import { isOutage } from '../outage.ts';
import type { Yoga } from '../yoga.ts';
import { type Connection, TRY_AGAIN } from './connection.ts';
import { Frames } from './frames.ts';
import type { KeepAlive } from './keep-alive.ts';
import { SocketOutlet } from './outlet.ts';

/** Operations of one socket at a time, subscriptions among them. */
export const OPERATIONS_PER_SOCKET = 200;
const FULL_RETRY_MS = 1_000;
/** Sockets of one person to one process. */
export const SOCKETS_PER_USER = 100;

type Params = Record<string, unknown> | undefined;
type Socket = ProtocolContext<Params, Connection>;

/** Where an operation of this socket goes, by graphql-ws's own way of handing it on. */
interface Operation extends ExecutionArgs {
  rootValue: { connection: Connection; id: string };
}

export function createProtocol(app: App, yoga: Yoga, keepAlive: KeepAlive): Server<Connection> {
  // Yoga takes no mutations by GET, which is what a socket is asked for with.
  const request = new Request('http://localhost/graphql', { method: 'POST' });
  const enveloped = yoga.getEnveloped({ request, params: {} } as never);
  const { schema, parse, validate, execute, subscribe } = enveloped;
  /** Yoga's cache gives one document for each text. */
  const valid = new WeakSet<DocumentNode>();
  const frames = new Frames();
  const sockets = new Census(app.config.rateLimits ? SOCKETS_PER_USER : Number.POSITIVE_INFINITY);

  async function connect({ extra: connection, connectionParams }: Socket): Promise<boolean> {
    keepAlive.greeted(connection.ws);
    if (connection.isForged) return refuse(connection, CloseCode.Forbidden, 'Forbidden');
    connection.authorize(connectionParams?.['authorization']);
    const { user, sessionId } = await connection.viewer();
    if (user && sessionId) {
      const leave = sockets.enter(user.id);
      if (!leave) return refuse(connection, TRY_AGAIN, 'Too many sockets');
      connection.onClosed(leave);
      const stopListening = app.bus.listen(`session:${sessionId}`, () =>
        connection.close(CloseCode.Unauthorized, 'Logged out'),
      );
      connection.onClosed(stopListening);
    } else if (connection.hasCredentials) {
      return refuse(connection, CloseCode.Unauthorized, 'Unauthorized');
    }
    return true;
  }

  async function prepare(
    { extra: connection, subscriptions }: Socket,
    id: string,
    { query, variables, operationName }: Query,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    if (Object.keys(subscriptions).length > OPERATIONS_PER_SOCKET)
      return [maskError(FULL, app.log)];
    const viewer = await connection.viewer();
    if (!viewer.sessionId && connection.hasCredentials) {
      refuse(connection, CloseCode.Unauthorized, 'Unauthorized');
      return CLOSED;
    }
    const refusal = await takeOperation(app, viewer).catch((error: unknown) => error);
    if (refusal) return [maskError(refusal, app.log)];
    const document = orErrors(() => parse(query));
    if (Array.isArray(document)) return document;
    if (!valid.has(document)) {
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      valid.add(document);
    }
    const contextValue: Context = { app, viewer, setCookie: () => {} };
    return {
      schema,
      document,
      contextValue,
      variableValues: variables,
      operationName,
      rootValue: { connection, id },
    } as Operation;
  }

  return makeServer<Params, Connection>({
    connectionInitWaitTimeout: Number.POSITIVE_INFINITY,
    onConnect: (socket) => orTryAgain(socket, false, () => connect(socket)),
    onSubscribe: (socket, id, query) =>
      orTryAgain(socket, CLOSED, () => prepare(socket, id, query)),
    execute: (args) => execute({ ...args, rootValue: undefined }),
    async subscribe(args) {
      const { connection, id } = (args as Operation).rootValue;
      const plain = { ...args, rootValue: undefined };
      return (
        (await deliver(app, plain, new SocketOutlet(connection, frames, id))) ?? subscribe(plain)
      );
    },
    onNext({ extra: connection }, _id, _payload, args, result) {
      // To an error, clients would not come back.
      if (isOutage(args, result)) connection.close(TRY_AGAIN, 'Try again later');
    },
    // What a stream throws after it has begun comes here unmasked.
    onError: (_socket, _id, _payload, errors) =>
      errors.map((error) => maskError(error, app.log).toJSON()),
  });
}

interface Query {
  query: string;
  variables?: Record<string, unknown> | null | undefined;
  operationName?: string | null | undefined;
}

const FULL = new Refusal(
  'RATE_LIMITED',
  `A socket carries ${OPERATIONS_PER_SOCKET} operations at a time.`,
  { retryAfterMs: FULL_RETRY_MS },
);

/** Answers an operation whose socket is closed: an empty answer would be the library's error. */
const CLOSED: readonly GraphQLError[] = [new GraphQLError('The socket is closed.')];

function refuse(connection: Connection, code: number, reason: string): false {
  connection.close(code, reason);
  return false;
}

/** The errors of a document, which are its sender's to read. */
function orErrors<T>(act: () => T): T | readonly GraphQLError[] {
  try {
    return act();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

async function orTryAgain<T, Otherwise>(
  { extra: connection }: Socket,
  otherwise: Otherwise,
  act: () => Promise<T>,
): Promise<T | Otherwise> {
  try {
    return await act();
  } catch (error) {
    connection.fail(error);
    return otherwise;
  }
}

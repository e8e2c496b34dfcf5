/**
 * GraphQL over WebSocket: one graphql-ws server whose sockets are closed when their session ends,
 * and with 1012 when the server does, so that clients come back to the next one.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context as SocketContext } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App } from './app.ts';
import { type Context, identify, readCookie, readToken } from './context.ts';
import { deliver } from './delivery.ts';
import { leaveSpread } from './drain.ts';
import type { Outlet } from './live/group.ts';
import { maskError } from './masking.ts';
import { createOutlet } from './outlet.ts';
import { isOutage } from './outage.ts';
import { clientAddress, isForeign } from './request.ts';
import type { Yoga } from './yoga.ts';

/** RFC 6455's registry: 1012 Service Restart, 1013 Try Again Later. */
const RESTARTING = 1012;
const TRY_AGAIN = 1013;
/** A message of 8,000 characters takes at most 96 kB in JSON. */
const MAX_PAYLOAD_BYTES = 128 * 1024;
/** After a close the peer has so long to answer before its socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Yoga takes no mutations by GET, which is what a socket is asked for with. */
const POSTED = new Request('http://localhost/graphql', { method: 'POST' });

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

type Params = Record<string, unknown> | undefined;
type Socket = SocketContext<Params, Extra>;

export function createSockets(app: App, yoga: Yoga): Sockets {
  /** The TCP socket beneath each WebSocket. */
  const beneath = new WeakMap<WebSocket, Duplex>();
  const outletOf = ({ socket }: Extra, id: string) =>
    createOutlet(socket, beneath.get(socket)!, id);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });

  useServer<Params>(
    {
      async onConnect(socket) {
        return orTryAgain(app, socket, false, async () => {
          const { request } = socket.extra;
          const header = headerOf(request);
          if (readCookie(app, header) && isForeign(app.config, header)) {
            socket.extra.socket.close(CloseCode.Forbidden, 'Forbidden');
            return false;
          }
          const viewer = await viewerOf(app, socket);
          const { sessionId } = viewer;
          if (sessionId) {
            const stopListening = app.bus.listen(`session:${sessionId}`, () =>
              socket.extra.socket.close(CloseCode.Unauthorized, 'Logged out'),
            );
            socket.extra.socket.once('close', stopListening);
          } else if (hasCredentials(app, socket)) {
            socket.extra.socket.close(CloseCode.Unauthorized, 'Unauthorized');
            return false;
          }
          return true;
        });
      },
      async onSubscribe(socket, id, { query, variables, operationName }) {
        return orTryAgain(app, socket, CLOSED, async () => {
          const viewer = await viewerOf(app, socket);
          if (!viewer.sessionId && hasCredentials(app, socket)) {
            socket.extra.socket.close(CloseCode.Unauthorized, 'Unauthorized');
            return CLOSED;
          }
          const context: Context = { app, viewer, setCookie: () => {} };
          const { schema, execute, subscribe, parse, validate } = yoga.getEnveloped({
            request: POSTED,
            params: { query, variables, operationName },
          } as never);
          const document = orErrors(() => parse(query));
          if (Array.isArray(document)) return document;
          const errors = validate(schema, document);
          if (errors.length > 0) return errors;
          return {
            schema,
            document,
            contextValue: context,
            variableValues: variables,
            operationName,
            rootValue: { execute, subscribe, outlet: outletOf(socket.extra, id) },
          } as ExecutionArgs;
        });
      },
      execute: (args) => (args as Enveloped).rootValue.execute(args),
      async subscribe(args) {
        const { outlet, subscribe } = (args as Enveloped).rootValue;
        return (await deliver(app, args, outlet)) ?? subscribe(args);
      },
      onNext({ extra }, _id, _payload, args, result) {
        // To an error, clients would not come back.
        if (isOutage(args, result)) extra.socket.close(TRY_AGAIN, 'Try again later');
      },
      // What a stream throws after it has begun comes here unmasked.
      onError: (_socket, _id, _payload, errors) =>
        errors.map((error) => maskError(error, app.log).toJSON()),
    },
    server,
  );

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (ws) => {
        beneath.set(ws, socket);
        server.emit('connection', ws, request);
        // What a peer sends wrong has closed the socket already; graphql-ws would print a stack for it.
        ws.removeAllListeners('error').on('error', (error) =>
          app.log.debug({ err: error }, 'A socket was closed for what it sent'),
        );
      });
    },
    async close() {
      const leave = (socket: WebSocket) => socket.close(RESTARTING, 'The server is restarting');
      await leaveSpread(server.clients, leave);
      // Those who came in meanwhile.
      for (const socket of server.clients) leave(socket);
      const cut = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, CLOSE_TIMEOUT_MS);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cut);
    },
  };
}

type Enveloped = ExecutionArgs & {
  rootValue: {
    execute: (args: unknown) => never;
    subscribe: (args: unknown) => never;
    outlet: Outlet;
  };
};

function headerOf(request: IncomingMessage) {
  return (name: string) => request.headers[name]?.toString();
}

function viewerOf(app: App, { extra, connectionParams }: Socket) {
  const { request } = extra;
  const caller = { header: headerOf(request), address: clientAddress(app.config, request) };
  return identify(app, caller, authorizationOf(request, connectionParams));
}

/** Whether the socket claims to be somebody. */
function hasCredentials(app: App, { extra: { request }, connectionParams }: Socket): boolean {
  const token = readToken(authorizationOf(request, connectionParams));
  return token !== null || readCookie(app, headerOf(request)) !== null;
}

/** Browsers can set no headers of a socket: the same goes into `connectionParams`. */
function authorizationOf(request: IncomingMessage, params: Params): string | undefined {
  const authorization = params?.['authorization'];
  return typeof authorization === 'string' ? authorization : request.headers.authorization;
}

/** Answers an operation whose socket is closed: an empty answer would be the library's error. */
const CLOSED: readonly GraphQLError[] = [new GraphQLError('The socket is closed.')];

/** The errors of a document, which are its sender's to read. */
function orErrors<T>(act: () => T): T | readonly GraphQLError[] {
  try {
    return act();
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
}

/** A throw here would close the socket with 4500, after which clients never come back. */
async function orTryAgain<T, Otherwise>(
  app: App,
  { extra }: Socket,
  otherwise: Otherwise,
  act: () => Promise<T>,
): Promise<T | Otherwise> {
  try {
    return await act();
  } catch (error) {
    app.log.warn({ err: error }, 'A socket was asked to try again');
    extra.socket.close(TRY_AGAIN, 'Try again later');
    return otherwise;
  }
}

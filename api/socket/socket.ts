/**
 * GraphQL over WebSocket. Sockets are closed when their session ends, and with 1012 when the server
 * does, so that clients come back to the next one.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { App } from '../app.ts';
import { Census } from '../census.ts';
import { readCaller } from '../context.ts';
import { leaveSpread } from '../drain.ts';
import { clientAddress } from '../request.ts';
import type { Yoga } from '../yoga.ts';
import { Connection } from './connection.ts';
import { KeepAlive } from './keep-alive.ts';
import { createProtocol } from './protocol.ts';

/** RFC 6455's registry: Service Restart. */
const RESTARTING = 1012;
/** A message of 8,000 characters takes at most 96 kB in JSON. */
const MAX_PAYLOAD_BYTES = 128 * 1024;
/** After a close the peer has so long to answer before its socket is cut. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Sockets from one address to one process: there may be a whole house behind it. */
export const SOCKETS_PER_ADDRESS = 2_000;
/** RFC 6585, 4. */
const TOO_MANY = 'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nConnection: close\r\n\r\n';

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

export function createSockets(app: App, yoga: Yoga): Sockets {
  const { rateLimits } = app.config;
  const addresses = new Census(rateLimits ? SOCKETS_PER_ADDRESS : Number.POSITIVE_INFINITY);
  const keepAlive = new KeepAlive();
  const protocol = createProtocol(app, yoga, keepAlive);
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
  });
  // What a peer sends wrong has closed the socket already.
  const onError = (error: Error) =>
    app.log.debug({ err: error }, 'A socket was closed for what it sent');

  /** Keeps nothing of the request, which is larger than all that is needed of it. */
  const open = (ws: WebSocket, tcp: Duplex, request: IncomingMessage, address: string) => {
    const caller = readCaller(app, (name) => request.headers[name]?.toString(), address);
    const connection = new Connection(app, ws, tcp, caller);
    const closed = protocol.opened(connection, connection);
    const disconnect = app.counters.connect();
    keepAlive.add(ws);
    ws.on('error', onError);
    ws.once('close', (code, reason) => {
      disconnect();
      keepAlive.delete(ws);
      void closed(code, String(reason));
    });
  };

  return {
    upgrade(request, tcp, head) {
      const address = clientAddress(app.config, request);
      const leave = addresses.enter(address);
      if (!leave) return void tcp.end(TOO_MANY);
      tcp.once('close', leave);
      server.handleUpgrade(request, tcp, head, (ws) => open(ws, tcp, request, address));
    },
    async close() {
      const leave = (ws: WebSocket) => ws.close(RESTARTING, 'The server is restarting');
      await leaveSpread(server.clients, leave);
      // Those who came in meanwhile.
      for (const ws of server.clients) leave(ws);
      const cut = setTimeout(() => {
        for (const ws of server.clients) ws.terminate();
      }, CLOSE_TIMEOUT_MS);
      await new Promise((resolve) => server.close(resolve));
      clearTimeout(cut);
    },
  };
}

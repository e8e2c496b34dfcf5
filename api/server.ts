/** Everything on one port: GraphQL over HTTP, SSE and WebSocket, the web app, health and metrics. */
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { App } from './app.ts';
import { Work } from './drain.ts';
import { StartupError } from './errors.ts';
import { deliverFile, isFilePath } from './files/delivery.ts';
import { deliverExport, isExportPath } from './files/export-delivery.ts';
import { isReceivingPath, receiveFile } from './files/receiving.ts';
import { createMetrics } from './metrics.ts';
import { clientAddress, isSecure } from './request.ts';
import { createSockets } from './socket/socket.ts';
import { createGraphQL, ENDPOINT, type Yoga } from './yoga.ts';

const WEB_HANDLER = join(import.meta.dirname, '..', 'web', 'build', 'handler.js');

/** Connections that wait to be accepted, as when all come back at once; the system may allow fewer. */
const BACKLOG = 4_096;

/** On every answer: nothing is taken for another type, framed, or told of to other sites. */
const HEADERS = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'same-origin'],
] as const;

/** How long Node keeps a connection for a next request; clients are told, and let go a little earlier. */
export const KEEP_ALIVE_MS = 5_000;

/** How long all but a file may take to arrive. */
const ARRIVAL_TIMEOUT_MS = 5 * 60_000;

/** How long a server that ends waits for the requests of connections that it has taken. */
const LINGER_MS = 1_000;

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  url: string;
  /**
   * Takes nobody new, lets those who are connected go, and finishes what has begun.
   * @param idleMs so long a connection that waits for its next request is still given it. Where others
   * serve the same port nobody need be cut off: clients let go of idle connections before it is over.
   */
  close(idleMs?: number): Promise<void>;
}

/**
 * Serves an app; `web` answers what is not the API's, and without it nothing does.
 * @throws StartupError where it cannot listen.
 */
export async function startServer(app: App, web: WebHandler | null): Promise<RunningServer> {
  const work = new Work();
  const yoga = createGraphQL(app, work);
  const sockets = createSockets(app, yoga);
  const metrics = createMetrics(app);

  // Node's own limit of five minutes would hold for files, too.
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    work.answer(response);
    for (const [name, value] of HEADERS) response.setHeader(name, value);
    const path = request.url!.split('?', 1)[0]!;
    if (!isReceivingPath(path)) limitArrival(request);
    if (path === ENDPOINT) {
      const arrival = { address: clientAddress(app.config, request), cookies: [] };
      void yoga.handle(request, response, arrival);
    } else if (path === '/healthz') answer(response, 200, 'ok');
    else if (path === '/readyz') void answerReady(app, response);
    else if (path === '/metrics') void metrics.answer(response);
    else if (isReceivingPath(path)) void receiveFile(app, path, request, response);
    else if (isExportPath(path)) void deliverExport(app, path, request, response);
    else if (isFilePath(path)) void deliverFile(app, path, request, response);
    else if (web) web(lend(app, yoga, request), response, () => answer(response, 404, 'Not found'));
    else answer(response, 404, 'Not found');
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('upgrade', (request, socket, head) => {
    if (request.url!.split('?', 1)[0] === ENDPOINT) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
  });

  await listen(server, app);
  return {
    url: urlOf(server.address() as AddressInfo),
    async close(idleMs = 0) {
      // Not HTTP's own, which cuts off idle connections on which a request may be on its way.
      const closed = new Promise((resolve) => TcpServer.prototype.close.call(server, resolve));
      const idle = Promise.race([closed, sleep(idleMs, undefined, { ref: false })]);
      await Promise.all([sockets.close(), work.end(), idle]);
      server.close();
      // Who was let in at the last moment, and has not asked yet, is answered still.
      server.closeIdleConnections();
      await Promise.race([closed, sleep(LINGER_MS, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
    },
  };
}

export type WebHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void;

/**
 * SvelteKit's handler; it reads the name of its header from the environment when it is loaded.
 * @throws StartupError where the web app is not built.
 */
export async function loadWeb(): Promise<WebHandler> {
  if (!existsSync(WEB_HANDLER)) {
    throw new StartupError('The web app is not built: run npm run build, or npm start.');
  }
  process.env['PROTOCOL_HEADER'] = 'x-forwarded-proto';
  const module = (await import(pathToFileURL(WEB_HANDLER).href)) as { handler: WebHandler };
  return module.handler;
}

function limitArrival(request: IncomingMessage): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const timer = setTimeout(() => request.destroy(), ARRIVAL_TIMEOUT_MS).unref();
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

/** Lends the page's request a way to GraphQL that does not leave the process. */
function lend(app: App, yoga: Yoga, request: IncomingMessage): IncomingMessage {
  const address = clientAddress(app.config, request);
  request.headers['x-forwarded-proto'] = isSecure(app.config) ? 'https' : 'http';
  if (app.config.origin) request.headers.host = new URL(app.config.origin).host;
  return Object.assign(request, {
    parley: {
      fetch: async (query: Request) => yoga.fetch(query, { address, cookies: [] }),
    },
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

async function answerReady({ db }: App, response: ServerResponse): Promise<void> {
  try {
    await db.pool.query('SELECT 1');
    answer(response, 200, 'ready');
  } catch {
    answer(response, 503, 'The database cannot be reached.');
  }
}

function listen(server: Server, { config }: App): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = `${config.host}:${config.port}`;
      const remedy =
        error.code === 'EADDRINUSE'
          ? `PORT ${config.port} is in use on ${config.host}: stop what uses it, or set PORT to another (0 picks a free one).`
          : `Parley cannot listen on ${place} (${error.code ?? error.message}): correct HOST and PORT.`;
      reject(new StartupError(remedy));
    });
    server.listen({ port: config.port, host: config.host, backlog: BACKLOG }, resolve);
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`;
}

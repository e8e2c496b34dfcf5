/**
 * Files go out by plain HTTP, with ranges and conditions, to those who see the room now: each request is
 * looked up. Whatever is not shown within pages leaves as bytes of no type, to be saved; and what is shown
 * is told to run nothing, also where it is opened by itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { create as contentDisposition } from 'content-disposition';
import send from 'send';
import type { Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { takeOperation } from '../context.ts';
import { Refusal } from '../errors.ts';
import type { File } from '../generated/prisma/client.ts';
import { maskError } from '../masking.ts';
import { findFile } from '../upload/file.ts';
import { kindOf } from '../upload/media-type.ts';
import type { Rendition } from '../upload/storage.ts';
import { deliverAvatar } from './avatar-delivery.ts';
import { deliverLogo } from './logo-delivery.ts';
import { viewerOf } from './viewer.ts';

const ADDRESS =
  /^\/(files|thumbnails)\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:\/[^/]*)?$/;

/** How long a reader may take nothing. */
export const STALL_TIMEOUT_MS = 120_000;

export const HEADERS = {
  // For a while without asking: a conversation that is scrolled shows the same pictures again.
  'cache-control': 'private, max-age=600',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  // For programs with tokens in pages of other origins; the cookie does not come along from there.
  'access-control-allow-origin': '*',
};

/** Whether a path is that of a file. */
export const isFilePath = (path: string) => /^\/(files|thumbnails|avatars|logo)\//.test(path);

/** `GET /files/<id>/<name>`, `GET /thumbnails/<id>`, `GET /avatars/<id>` and `GET /logo/<id>`. Never rejects. */
export async function deliverFile(
  app: App,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  try {
    if (path.startsWith('/avatars/')) return await deliverAvatar(app, path, request, response);
    if (path.startsWith('/logo/')) return await deliverLogo(app, path, request, response);
    const [, place, id] = ADDRESS.exec(path) ?? [];
    const rendition = place === 'thumbnails' ? 'thumbnail' : 'file';
    const file = id ? await find(app, request, id) : null;
    if (!file || (rendition === 'thumbnail' && kindOf(file.mediaType) !== 'IMAGE'))
      refuse(response);
    else deliver(app, request, response, file, rendition);
  } catch (error) {
    refuseFor(app, response, error);
  }
}

/** Tells of what a request failed with as it may be told. */
export function refuseFor(app: App, response: ServerResponse, error: unknown): void {
  const { message, extensions } = maskError(error, app.log);
  const isPassing = extensions['code'] === 'UNAVAILABLE';
  refuse(response, extensions['code'] === 'RATE_LIMITED' ? 429 : isPassing ? 503 : 500, message);
}

/** The file; null for those who may not have it, whoever they are. */
async function find(app: App, request: IncomingMessage, id: string): Promise<File | null> {
  const viewer = await viewerWhoAsks(app, request);
  return findFile(app, viewer, id).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'UNAUTHENTICATED') return null;
    throw error;
  });
}

/** @throws Refusal RATE_LIMITED */
export async function viewerWhoAsks(app: App, request: IncomingMessage): Promise<Viewer> {
  const viewer = await viewerOf(app, request);
  await takeOperation(app, viewer);
  return viewer;
}

function deliver(
  { storage }: App,
  request: IncomingMessage,
  response: ServerResponse,
  file: File,
  rendition: Rendition,
): void {
  const isShown = kindOf(file.mediaType) !== 'OTHER';
  const type = rendition === 'thumbnail' ? 'image/webp' : file.mediaType;
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('content-type', isShown ? type : 'application/octet-stream');
  response.setHeader(
    'content-disposition',
    contentDisposition(file.name, { type: isShown ? 'inline' : 'attachment' }),
  );
  response.setHeader('etag', `"${Buffer.from(file.hash).toString('base64url')}.${rendition}"`);
  response.setTimeout(STALL_TIMEOUT_MS, () => response.destroy());
  const stored = storage.pathOf(file.id, rendition).slice(storage.folder.length);
  send(request, stored, { root: storage.folder, cacheControl: false, index: false })
    .on('error', ({ status, headers }: SendError) => {
      if (response.headersSent) return void response.destroy();
      response.removeHeader('content-disposition');
      for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
      refuse(response, status);
    })
    .pipe(response);
}

/** As http-errors makes them. */
export interface SendError extends Error {
  status: number;
  headers?: Record<string, string>;
}

const WORDS: Record<number, string> = {
  404: 'There is no such file.',
  412: 'The file is another one.',
  416: 'The file has no such range.',
};

export function refuse(
  response: ServerResponse,
  status = 404,
  text = WORDS[status] ?? 'It failed.',
): void {
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

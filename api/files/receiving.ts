/**
 * Files come in by plain HTTP, as the body of a request: it is written to the disk as it comes, and nobody
 * has to hold it in memory. What GraphQL would answer is answered here in the same words.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Viewer } from '../viewer.ts';
import { avatarAddressOf } from '../account/avatar-address.ts';
import type { App } from '../app.ts';
import { takeOperation } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import type { File } from '../generated/prisma/client.ts';
import { maskError } from '../masking.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { addressOf, thumbnailAddressOf } from '../upload/address.ts';
import { setAvatar } from '../upload/avatar.ts';
import { uploadFile } from '../upload/file.ts';
import { logoAddressOf, setServerLogo } from '../upload/logo.ts';
import { kindOf } from '../upload/media-type.ts';
import { viewerOf } from './viewer.ts';

/** How long nothing may come. */
const IDLE_TIMEOUT_MS = 60_000;
/** Whoever still sends what was refused is listened to for so long, or would not hear the answer. */
const LINGER_MS = 3_000;

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID_INPUT: 422,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  STORAGE_FULL: 507,
  UNAVAILABLE: 503,
};

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-max-age': '86400',
};

/** Where files are sent to, and what is made of them. */
const PLACES: Record<string, (app: App, viewer: Viewer, sent: Sent) => Promise<object>> = {
  '/upload': async (app, viewer, sent) => ({ file: describe(await takeFile(app, viewer, sent)) }),
  '/avatar': async (app, viewer, sent) => {
    const { id, avatarId } = await setAvatar(app, viewer, sent);
    const user = { id: encodeNodeId('User', id), avatarUrl: avatarAddressOf(avatarId) };
    return { user: { __typename: 'User', ...user } };
  },
  '/logo': async (app, viewer, sent) => {
    await setServerLogo(app, viewer, sent);
    const logoUrl = logoAddressOf(app.settings.current.logoId);
    return { server: { __typename: 'Server', logoUrl } };
  },
};

/** Whether files are sent there. */
export const isReceivingPath = (path: string) => Object.hasOwn(PLACES, path);

interface Sent {
  request: IncomingMessage;
  /** Null where the sender does not say. */
  length: number | null;
  body: IncomingMessage;
  signal: AbortSignal;
}

/**
 * `POST /upload?room=<id>&name=<name>` takes the body as a file for a room, `POST /avatar` as the
 * sender's picture, and `POST /logo` as the server's. Never rejects.
 */
export async function receiveFile(
  app: App,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
  if (request.method !== 'POST') {
    response.writeHead(request.method === 'OPTIONS' ? 204 : 405, { allow: 'POST, OPTIONS' }).end();
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  request.on('error', () => {});
  request.setTimeout(IDLE_TIMEOUT_MS, () => request.destroy());
  request.once('end', () => request.setTimeout(0));
  try {
    const viewer = await viewerOf(app, request);
    await takeOperation(app, viewer);
    const header = request.headers['content-length'];
    const length = header === undefined ? null : Number(header);
    const sent = { request, length, body: request, signal: gone.signal };
    await answer(request, response, 201, { data: await PLACES[path]!(app, viewer, sent) });
  } catch (error) {
    if (gone.signal.aborted) return;
    const { message, extensions } = maskError(error, app.log);
    const status = STATUS[extensions['code'] as ErrorCode] ?? 500;
    await answer(request, response, status, { data: null, errors: [{ message, extensions }] });
  }
}

function takeFile(app: App, viewer: Viewer, { request, ...sent }: Sent): Promise<File> {
  const query = new URL(request.url!, 'http://localhost').searchParams;
  return uploadFile(app, viewer, {
    roomId: nodeKey('Room', query.get('room') ?? ''),
    name: query.get('name') ?? '',
    idempotencyKey: String(request.headers['idempotency-key'] ?? randomUUID()),
    ...sent,
  });
}

/** The same as the type `File` of the schema. */
function describe(file: File) {
  return {
    __typename: 'File',
    id: encodeNodeId('File', file.id),
    name: file.name,
    mediaType: file.mediaType,
    kind: kindOf(file.mediaType),
    size: file.size,
    width: file.width,
    height: file.height,
    alt: file.alt,
    url: addressOf(file),
    thumbnailUrl: thumbnailAddressOf(file),
  };
}

/**
 * Answers, also somebody who is still sending. To close the connection on what has not been read
 * would reset it, and the answer would be lost with it.
 */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: object,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(body));
  const isSending = !request.complete;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...(isSending && { connection: 'close' }),
  });
  response.write(bytes);
  if (isSending && !request.destroyed) {
    request.resume();
    const closed = new Promise((resolve) => request.once('close', resolve));
    await Promise.race([closed, sleep(LINGER_MS, undefined, { ref: false })]);
  }
  response.end();
}

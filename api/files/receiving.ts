/**
 * Files come in by plain HTTP, as the body of a request: it is written to the disk as it comes, and nobody
 * has to hold it in memory. What GraphQL would answer is answered here in the same words.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { takeOperation } from '../context.ts';
import type { ErrorCode } from '../errors.ts';
import type { File } from '../generated/prisma/client.ts';
import { maskError } from '../masking.ts';
import { encodeNodeId, nodeKey } from '../node-id.ts';
import { addressOf, thumbnailAddressOf } from '../upload/address.ts';
import { uploadFile } from '../upload/file.ts';
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

/** `POST /upload?room=<id>&name=<name>`: takes the body as a file for a room. Never rejects. */
export async function receiveFile(
  app: App,
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
    const file = await take(app, request, gone.signal);
    await answer(request, response, 201, { data: { file: describe(file) } });
  } catch (error) {
    if (gone.signal.aborted) return;
    const { message, extensions } = maskError(error, app.log);
    const status = STATUS[extensions['code'] as ErrorCode] ?? 500;
    await answer(request, response, status, { data: null, errors: [{ message, extensions }] });
  }
}

async function take(app: App, request: IncomingMessage, signal: AbortSignal): Promise<File> {
  const viewer = await viewerOf(app, request);
  await takeOperation(app, viewer);
  const query = new URL(request.url!, 'http://localhost').searchParams;
  const length = request.headers['content-length'];
  return uploadFile(app, viewer, {
    roomId: nodeKey('Room', query.get('room') ?? ''),
    name: query.get('name') ?? '',
    idempotencyKey: String(request.headers['idempotency-key'] ?? randomUUID()),
    length: length === undefined ? null : Number(length),
    body: request,
    signal,
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

/**
 * Where shared payloads leave: frames of graphql-transport-ws, written to the TCP socket itself, one
 * write for all of one turn. The frames of `ws` go through the same socket, whole and uncompressed,
 * so that the two never mix.
 */
import type { Outlet } from '../live/group.ts';
import { drained } from './backlog.ts';
import { type Connection, TRY_AGAIN } from './connection.ts';

/** A socket that lags so far is closed, to come back and resume. */
export const LAG_LIMIT_BYTES = 1024 * 1024;
const TERMINATE_MS = 2_000;
/** RFC 6455, 5.2: a text frame, whole. */
const TEXT_FRAME = 0x81;

const CLOSING_BRACE = 0x7d;

/** The outlet of one subscription. */
export class SocketOutlet implements Outlet {
  readonly #connection: Connection;
  readonly #prefix: Buffer;

  constructor(connection: Connection, id: string) {
    this.#connection = connection;
    const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    // Not of the shared pool, of which it would keep 64 KiB for as long as the subscription lasts.
    this.#prefix = Buffer.allocUnsafeSlow(Buffer.byteLength(prefix));
    this.#prefix.write(prefix);
  }

  write(payloads: readonly Buffer[]): void {
    const { ws, tcp } = this.#connection;
    if (ws.readyState !== ws.OPEN) return;
    tcp.write(frame(this.#prefix, payloads));
    if (tcp.writableLength <= LAG_LIMIT_BYTES) return;
    ws.close(TRY_AGAIN, 'Lagging behind');
    setTimeout(() => ws.terminate(), TERMINATE_MS).unref();
  }

  async ready(): Promise<boolean> {
    const { ws, tcp } = this.#connection;
    await drained(tcp);
    return ws.readyState === ws.OPEN;
  }
}

/** All messages as frames, one after the other. */
function frame(prefix: Buffer, payloads: readonly Buffer[]): Buffer {
  let total = 0;
  for (const payload of payloads) {
    const length = prefix.length + payload.length + 1;
    total += headerLength(length) + length;
  }
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  for (const payload of payloads) {
    at = writeHeader(bytes, at, prefix.length + payload.length + 1);
    at += prefix.copy(bytes, at);
    at += payload.copy(bytes, at);
    bytes[at++] = CLOSING_BRACE;
  }
  return bytes;
}

function headerLength(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = TEXT_FRAME;
  if (length < 126) {
    bytes[at + 1] = length;
  } else if (length < 65_536) {
    bytes[at + 1] = 126;
    bytes.writeUInt16BE(length, at + 2);
  } else {
    bytes[at + 1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
  return at + headerLength(length);
}

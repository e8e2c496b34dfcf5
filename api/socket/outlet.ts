/**
 * Where shared payloads leave: frames of graphql-transport-ws, written to the TCP socket itself, one
 * write for all of one turn. The frames of `ws` go through the same socket, whole and uncompressed,
 * so that the two never mix.
 */
import type { Outlet } from '../live/group.ts';
import { drained } from './backlog.ts';
import { type Connection, TRY_AGAIN } from './connection.ts';
import type { Frames } from './frames.ts';

/** A socket that lags so far is closed, to come back and resume. */
export const LAG_LIMIT_BYTES = 1024 * 1024;
const TERMINATE_MS = 2_000;

/** The outlet of one subscription. */
export class SocketOutlet implements Outlet {
  readonly #connection: Connection;
  readonly #frames: Frames;
  readonly #prefix: Buffer;

  /** @param frames shared by all outlets, which write one after the other */
  constructor(connection: Connection, frames: Frames, id: string) {
    this.#connection = connection;
    this.#frames = frames;
    const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    // Not of the shared pool, of which it would keep 64 KiB for as long as the subscription lasts.
    this.#prefix = Buffer.allocUnsafeSlow(Buffer.byteLength(prefix));
    this.#prefix.write(prefix);
  }

  write(payloads: readonly Buffer[]): void {
    const { ws, tcp } = this.#connection;
    if (ws.readyState !== ws.OPEN) return;
    tcp.write(this.#frames.around(payloads, this.#prefix));
    this.#connection.delivered(payloads.length);
    // Node has them still, and not the kernel.
    if (tcp.writableLength > 0) this.#frames.release();
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

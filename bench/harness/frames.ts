/** WebSocket frames (RFC 6455, section 5.2), read without copying and without looking at what they say. */

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Takes a frame: its payload is `chunk` from `start` to `end`, and valid during the call only. */
export type OnFrame = (opcode: number, chunk: Buffer, start: number, end: number) => void;

/**
 * A client's frame. Its mask is zero, which leaves the payload as it is: masks protect proxies from
 * what is sent through them, and there are none here.
 */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const isLong = payload.length > 125;
  const header = Buffer.alloc(isLong ? 8 : 6);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (isLong ? 126 : payload.length);
  if (isLong) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}

/** Finds the frames of a server, of up to 4 GiB, in what a socket reads. */
export class FrameReader {
  readonly #onFrame: OnFrame;
  /** The beginning of a frame whose end has not come yet. */
  #rest: Buffer | null = null;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** `chunk` may be used again afterwards. */
  read(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1]! & 0x7f;
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
      if (start > bytes.length) break;
      const length =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : bytes.readUInt32BE(at + 6);
      if (start + length > bytes.length) break;
      this.#onFrame(bytes[at]! & 0x0f, bytes, start, start + length);
      at = start + length;
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }
}

/**
 * Frames of a WebSocket around payloads that many sockets are sent, each with its own prefix. What is
 * built for one socket is built over for the next, where the payloads are the same.
 */

/** RFC 6455, 5.2: a text frame, whole. */
const TEXT_FRAME = 0x81;
const CLOSING_BRACE = 0x7d;

export class Frames {
  #bytes: Buffer | null = null;
  #payloads: readonly Buffer[] = [];
  #prefixLength = 0;
  /** Where the prefix of each frame stands. */
  #places: number[] = [];

  /**
   * All payloads as frames, one after the other, each behind the prefix and before a closing brace.
   * The bytes are good until the next call; whoever needs them longer says so by `release`.
   */
  around(payloads: readonly Buffer[], prefix: Buffer): Buffer {
    if (payloads !== this.#payloads || prefix.length !== this.#prefixLength || !this.#bytes) {
      this.#payloads = payloads;
      this.#prefixLength = prefix.length;
      this.#bytes = this.#build();
    }
    for (const place of this.#places) prefix.copy(this.#bytes, place);
    return this.#bytes;
  }

  /** The bytes are somebody else's now. */
  release(): void {
    this.#bytes = null;
  }

  #build(): Buffer {
    const overhead = this.#prefixLength + 1;
    let total = 0;
    for (const { length } of this.#payloads)
      total += headerLength(length + overhead) + length + overhead;
    const bytes = Buffer.allocUnsafe(total);
    this.#places = [];
    let at = 0;
    for (const payload of this.#payloads) {
      at = writeHeader(bytes, at, payload.length + overhead);
      this.#places.push(at);
      at += this.#prefixLength;
      at += payload.copy(bytes, at);
      bytes[at++] = CLOSING_BRACE;
    }
    return bytes;
  }
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

/**
 * A WebSocket client that costs the load generator as little as can be: it counts what is delivered
 * by the headers of the frames, so that one core can keep up with any of the servers.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { CLOSE, encodeFrame, FrameReader, type OnFrame, PING, PONG, TEXT } from './frames.ts';

/** What is longer is a message delivered, what is shorter belongs to the protocol. */
const DELIVERY_MIN_BYTES = 200;

/** All sockets read into the same memory: what is read is done with before the next read. */
const READ_BUFFER = Buffer.allocUnsafe(64 * 1024);

/** What a crowd of sockets has been delivered together. */
export class Tally {
  deliveries = 0;
  /** `reached` is called when there are so many. */
  goal = Number.POSITIVE_INFINITY;
  reached: () => void = () => {};

  add(): void {
    if (++this.deliveries === this.goal) this.reached();
  }
}

export interface Address {
  /** Such as `http://127.0.0.1:4000`. */
  url: string;
  path: string;
  subprotocol: string | null;
}

export class LoadSocket {
  deliveries = 0;
  /** Whether the server has closed it. */
  isLost = false;
  /** Takes what belongs to the protocol. */
  onText: (text: string) => void = () => {};
  /** Takes what is delivered; null where it is counted only. */
  onDelivery: OnFrame | null = null;
  /** Is told when the server has closed it, and why. */
  onLost: (reason: string) => void = () => {};
  readonly #tally: Tally;
  readonly #socket: Socket;
  readonly #opened = Promise.withResolvers<null>();
  readonly #frames = new FrameReader((...frame) => this.#take(...frame));
  #isOpen = false;
  #isClosing = false;
  #reason = 'the connection was cut';

  private constructor({ url, path, subprotocol }: Address, tally: Tally) {
    this.#tally = tally;
    const { hostname, port } = new URL(url);
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#read(length) },
    });
    this.#socket.on('error', (error) => this.#opened.reject(error));
    this.#socket.on('close', () => {
      this.isLost = !this.#isClosing;
      if (this.isLost) this.onLost(this.#reason);
      this.#opened.reject(new Error('The server closed a socket before it was open.'));
    });
    this.#socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(subprotocol ? [`Sec-WebSocket-Protocol: ${subprotocol}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
  }

  /** Resolves when the server has agreed to speak WebSocket. */
  static async open(address: Address, tally: Tally): Promise<LoadSocket> {
    const socket = new LoadSocket(address, tally);
    await socket.#opened.promise;
    return socket;
  }

  send(text: string): void {
    this.#socket.write(encodeFrame(TEXT, Buffer.from(text)));
  }

  /** Resolves when a text of the protocol comes that `isWanted`. */
  async wait(isWanted: (text: string) => boolean): Promise<void> {
    const { onText } = this;
    await new Promise<void>((resolve) => {
      this.onText = (text) => (isWanted(text) ? resolve() : onText(text));
    });
    this.onText = onText;
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #read(length: number): boolean {
    let chunk = READ_BUFFER.subarray(0, length);
    if (!this.#isOpen) {
      const end = chunk.indexOf('\r\n\r\n');
      const status = chunk.toString('latin1', 9, 12);
      if (end < 0 || status !== '101') {
        this.#opened.reject(new Error(`A server answered ${status} to a WebSocket.`));
        return true;
      }
      this.#isOpen = true;
      this.#opened.resolve(null);
      chunk = chunk.subarray(end + 4);
    }
    this.#frames.read(chunk);
    return true;
  }

  #take(opcode: number, chunk: Buffer, start: number, end: number): void {
    if (opcode === TEXT && end - start >= DELIVERY_MIN_BYTES) {
      this.deliveries++;
      this.#tally.add();
      this.onDelivery?.(opcode, chunk, start, end);
    } else if (opcode === TEXT) {
      this.onText(chunk.toString('utf8', start, end));
    } else if (opcode === PING) {
      this.#socket.write(encodeFrame(PONG, chunk.subarray(start, end)));
    } else if (opcode === CLOSE) {
      if (end > start) {
        this.#reason = `${chunk.readUInt16BE(start)} ${chunk.toString('utf8', start + 2, end)}`;
      }
      this.#socket.end(encodeFrame(CLOSE, chunk.subarray(start, end)));
    }
  }
}

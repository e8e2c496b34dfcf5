import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { FrameReader } from '../../bench/harness/frames.ts';
import type { Connection } from './connection.ts';
import { Frames } from './frames.ts';
import { SocketOutlet } from './outlet.ts';

const prefix = (id: string) => Buffer.from(`{"id":"${id}","payload":`);

/** The texts of the frames in it. */
function read(bytes: Buffer): string[] {
  const texts: string[] = [];
  new FrameReader((_opcode, chunk, start, end) => {
    texts.push(chunk.toString('utf8', start, end));
  }).read(bytes);
  return texts;
}

test.each([1, 80, 200, 65_535, 70_000])(
  'payloads of %d bytes are framed for each socket in turn',
  (length) => {
    const frames = new Frames();
    const payloads = ['a', 'b'].map((letter) => Buffer.from(JSON.stringify(letter.repeat(length))));
    for (const id of ['one', 'two', 'three', 'four']) {
      expect(read(frames.around(payloads, prefix(id)))).toEqual(
        payloads.map((payload) => `{"id":"${id}","payload":${payload}}`),
      );
    }
    const others = [Buffer.from('{"data":null}')];
    expect(read(frames.around(others, prefix('five')))).toEqual([
      '{"id":"five","payload":{"data":null}}',
    ]);
  },
);

test('what Node has not handed to the kernel yet is not written over', async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: [Socket, Socket][] = [];
  for (let count = 0; count < 3; count++) {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect(port, '127.0.0.1');
    sockets.push([client, (await accepted)[0]]);
  }
  const frames = new Frames();
  const outlets = sockets.map(([tcp], index) => {
    const ws = { readyState: 1, OPEN: 1, close() {}, terminate() {} } as unknown as WebSocket;
    const connection = { ws, tcp, delivered() {} } as unknown as Connection;
    return new SocketOutlet(connection, frames, `socket ${index}`);
  });
  const received = sockets.map(() => [] as Buffer[]);
  // Nobody reads: what is written soon stays with Node.
  const payload = Buffer.from(JSON.stringify('x'.repeat(200_000)));
  const ROUNDS = 40;
  for (let round = 0; round < ROUNDS; round++) {
    const payloads = [payload];
    for (const outlet of outlets) outlet.write(payloads);
  }
  expect(Math.min(...sockets.map(([tcp]) => tcp.writableLength))).toBeGreaterThan(payload.length);
  const ended = sockets.map(([tcp, accepted], index) => {
    accepted.on('data', (chunk) => received[index]!.push(chunk)).resume();
    tcp.end();
    return once(accepted, 'end');
  });
  await Promise.all(ended);
  received.forEach((chunks, index) => {
    const texts = read(Buffer.concat(chunks));
    expect(texts).toHaveLength(ROUNDS);
    expect(texts.every((text) => text.startsWith(`{"id":"socket ${index}","type"`))).toBe(true);
  });
  server.close();
});

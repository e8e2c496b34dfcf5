import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { KeepAlive, TICKS } from './keep-alive.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A real server whose sockets are kept alive, on a clock that the test moves. */
async function serve() {
  const keepAlive = new KeepAlive();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    keepAlive,
    async open(options: { autoPong?: boolean } = {}) {
      const accepted = once(server, 'connection') as Promise<[WebSocket]>;
      const client = new WebSocket(url, options);
      await once(client, 'open');
      const [ws] = await accepted;
      keepAlive.add(ws);
      ws.once('close', () => keepAlive.delete(ws));
      return { ws, client, closed: once(client, 'close').then(([code]) => code as number) };
    },
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Lets so many seconds pass, and what is sent in each of them arrive. */
async function pass(seconds: number) {
  for (let second = 0; second < seconds; second++) {
    vi.advanceTimersByTime(1_000);
    for (let turns = 0; turns < 20; turns++) await turn();
  }
}

test('whoever answers pings stays, and whoever does not is gone after two rounds', async () => {
  await using server = await serve();
  const mute = await server.open({ autoPong: false });
  const alive = await server.open();
  for (const { ws } of [mute, alive]) server.keepAlive.greeted(ws);
  let pings = 0;
  alive.client.on('ping', () => pings++);
  await pass(TICKS);
  expect([mute.ws.readyState, alive.ws.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
  await pass(3 * TICKS);
  expect(await mute.closed).toBe(1006);
  expect(alive.ws.readyState).toBe(WebSocket.OPEN);
  expect(pings).toBe(4);
});

test('whoever says nothing at all is closed with 4408', async () => {
  await using server = await serve();
  const silent = await server.open();
  const greeted = await server.open();
  server.keepAlive.greeted(greeted.ws);
  await pass(4);
  expect(await silent.closed).toBe(4408);
  expect(greeted.ws.readyState).toBe(WebSocket.OPEN);
});

test('there is a timer only while there are sockets', async () => {
  await using server = await serve();
  const one = await server.open();
  const two = await server.open();
  expect(vi.getTimerCount()).toBe(1);
  one.client.close();
  two.client.terminate();
  await Promise.all([one.closed, two.closed]);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
});

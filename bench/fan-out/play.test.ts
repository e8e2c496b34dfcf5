import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { postMessage } from '../baselines/messages.ts';
import { gather } from '../harness/crowd.ts';
import { rawProtocol } from '../harness/protocols.ts';
import { play } from './play.ts';

const SUBSCRIBERS = 6;
const DRAIN_TIMEOUT_MS = 500;
const LOAD = { pace: { perSecond: 50 }, subscribersPerRoom: SUBSCRIBERS };

/** Hands what is sent to the subscribers as `deliver` says; `sent` counts from 1 when `start` is called. */
async function serve(deliver: (clients: WebSocket[], sent: number, frames: string[]) => void) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const clients: WebSocket[] = [];
  const frames: string[] = [];
  let sent = Number.NEGATIVE_INFINITY;
  server.on('connection', (client) =>
    client.on('message', (data) => {
      const { room, body } = JSON.parse(String(data)) as { room: string; body?: string };
      if (body === undefined) return clients.push(client);
      const messageAdded = postMessage(room, body);
      frames.push(JSON.stringify({ id: '1', type: 'next', payload: { data: { messageAdded } } }));
      return deliver(clients, ++sent, frames);
    }),
  );
  const process = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    time: () => ({ usedSeconds: 0, waitedSeconds: 0 }),
    rssBytes: () => 0,
    collectGarbage() {},
    close: async () => {},
  };
  const running = {
    process,
    protocol: rawProtocol,
    openRooms: async () => [crypto.randomUUID()],
    publisher: null,
    subscriber: () => null,
    close: process.close,
  };
  const crowd = await gather(running, { rooms: 1, subscribersPerRoom: SUBSCRIBERS });
  sent = 0;
  return {
    run: () => play(crowd, process, LOAD, 200, DRAIN_TIMEOUT_MS),
    async [Symbol.asyncDispose]() {
      crowd.close();
      server.close();
    },
  };
}

function toAll(clients: WebSocket[], frame: string) {
  for (const client of clients) client.send(frame);
}

test('what comes to all, once and in order, is counted and timed', async () => {
  await using server = await serve((clients, _sent, frames) => toAll(clients, frames.at(-1)!));
  const run = await server.run();
  expect(run).toMatchObject({ sends: 10, expected: 60, missing: 0, surplus: 0, misordered: 0 });
  expect(run.latenciesMs).toHaveLength(run.expected);
});

test('a message that one subscriber does not get is missing', async () => {
  await using server = await serve((clients, sent, frames) =>
    toAll(sent === 3 ? clients.slice(1) : clients, frames.at(-1)!),
  );
  expect(await server.run()).toMatchObject({ missing: 1, surplus: 0, misordered: 1 });
});

test('a message that one subscriber gets twice is one beyond', async () => {
  await using server = await serve((clients, sent, frames) => {
    toAll(clients, frames.at(-1)!);
    if (sent === 3) clients[0]!.send(frames.at(-1)!);
  });
  expect(await server.run()).toMatchObject({ missing: 0, surplus: 1, misordered: 1 });
});

test('messages that change places are out of order', async () => {
  await using server = await serve((clients, sent, frames) => {
    if (sent === 3) return;
    toAll(clients, frames.at(-1)!);
    if (sent === 4) toAll(clients, frames.at(-2)!);
  });
  const run = await server.run();
  expect(run).toMatchObject({ missing: 0, surplus: 0 });
  expect(run.misordered).toBeGreaterThan(0);
});

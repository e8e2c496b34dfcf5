/** Server and database go away and come back: who uses the client notices nothing but the wait. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { startDatabase } from '../api/test/database.ts';
import { findPort } from '../api/test/ports.ts';
import { createDataFolder, launch } from '../api/test/process.ts';
import { compare, NOTHING_WRONG } from '../api/test/said.ts';
import type { Client, MessageEdge } from './src/client.ts';
import { clientOf, startRoom } from './test/room.ts';
import { readAll } from './test/said.ts';

const OUTAGES = 4;
const BETWEEN = 40;
const WRITERS = 3;

/** On a machine that has much else to do. */
vi.setConfig({ testTimeout: 120_000 });

test(`${OUTAGES} kills of the server lose, double and disorder nothing`, async () => {
  await using data = await createDataFolder();
  const settings = {
    DATA_DIR: data.path,
    PORT: String(await findPort()),
    RATE_LIMITS: 'off',
  };
  let server = launch({ settings });
  onTestFinished(() => server.kill('SIGKILL'));
  const url = await server.url;
  const client = clientOf({ url }, {});
  await client.register({ username: 'ann', password: 'correct horse battery' });
  const { id } = await client.createRoom({ slug: 'garden' });

  await talkThrough(client, id, async () => {
    server.kill('SIGKILL');
    await server.ended;
    server = launch({ settings });
    await server.url;
  });
  server.kill('SIGKILL');
  await server.ended;
});

test(`${OUTAGES} outages of the database lose, double and disorder nothing`, async () => {
  await using database = await startDatabase();
  const { server, bob, roomId, as } = await startRoom({ DATABASE_URL: database.url });
  await talkThrough(as(bob), roomId, async () => {
    await database.stop();
    await database.start();
  });
  await server.close();
});

/** Writers and readers go on, whatever is broken between so many messages. */
async function talkThrough(client: Client, roomId: string, breakDown: () => Promise<void>) {
  const room = client.room(roomId);
  const { cursor: after } = await room.get();
  let isOver = false;
  const sent: MessageEdge[] = [];
  const write = async (writer: number) => {
    for (let number = 0; !isOver; number++) sent.push(await room.send(`${writer}.${number}`));
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));

  const events = room.events({ after });
  const seen: MessageEdge[] = [];
  for await (const edge of room.messages({ after })) {
    seen.push(edge);
    if (!isOver && seen.length % BETWEEN === 0) await breakDown();
    if (!isOver && seen.length >= (OUTAGES + 1) * BETWEEN - 1) {
      isOver = true;
      await writing;
    }
    if (isOver && seen.length === sent.length) break;
  }

  const said = await readAll(room);
  expect(compare(linesOf(seen), linesOf(said))).toEqual(NOTHING_WRONG);
  expect(seen).toEqual(said);
  expect(sent.map(({ cursor }) => cursor).sort()).toEqual(said.map(({ cursor }) => cursor).sort());
  for (const { cursor } of said) expect((await events.next()).value?.cursor).toBe(cursor);
  await events.return!();
}

const linesOf = (edges: MessageEdge[]) => edges.map(({ node }) => node);

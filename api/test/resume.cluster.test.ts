/** A reader that is cut off again and again and goes on from its cursor misses nothing. */
import { expect, test, vi } from 'vitest';
import { type TestApp, startApp } from './harness.ts';
import { people } from './people.ts';
import { seeded } from './random.ts';
import { compare, NOTHING_WRONG, readBackwards, readCursor, readForwards, send } from './said.ts';
import { watchEvents, watchSocket } from './watch.ts';

const MESSAGES = 2_000;
const CUTS = 50;
const IN_FLIGHT = 8;
const SEED = 20_261_121;

/** On a machine that has much else to do. */
const TIMEOUT_MS = 120_000;

const READERS = { WebSocket: watchSocket, SSE: watchEvents };

vi.setConfig({ testTimeout: TIMEOUT_MS });

for (const [transport, watch] of Object.entries(READERS)) {
  test(`over ${transport}, ${CUTS} cuts during ${MESSAGES} messages lose, double and disorder none`, async () => {
    await using server = await startApp();
    await cutWhileWritersSend({ transport, watch, reading: server, writing: server });
  });

  test(`over ${transport}, nor do they where the writers are at another server of the same database`, async () => {
    await using reading = await startApp();
    await using writing = await startApp({ DATABASE_URL: reading.databaseUrl });
    await cutWhileWritersSend({ transport: `${transport}, two servers`, watch, reading, writing });
  });
}

interface Setting {
  transport: string;
  watch: typeof watchSocket;
  reading: TestApp;
  writing: TestApp;
}

async function cutWhileWritersSend({ transport, watch, reading, writing }: Setting) {
  const { ann, bob, roomId } = await people(reading.app);
  const room = { url: reading.url, token: bob.token, roomId };
  const after = await readCursor(room);
  const reader = watch({ ...room, after });
  // Told by nothing but the sweep, where the writers are at another server.
  const steady = watch({ ...room, after });

  let next = 0;
  const write = async (token: string) => {
    while (next < MESSAGES) {
      const number = next++;
      await send({ url: writing.url, token, roomId }, `line ${number}`, `key ${number}`);
    }
  };
  const writers = Array.from({ length: IN_FLIGHT }, (_, index) =>
    write(index % 2 ? ann.token : bob.token),
  );
  // Each cut comes at some message before the last: after it, something is always left to miss.
  for (const moment of seeded(SEED).moments(CUTS, MESSAGES - 1)) {
    await reader.counted(moment);
    await reader.cut();
  }
  await Promise.all(writers);

  const said = await readForwards(room);
  await Promise.all([reader, steady].map(({ reached }) => reached(said.at(-1)!.seq)));
  reader.close();
  steady.close();

  const wrong = compare(reader.lines, said);
  console.log(
    `resume over ${transport}: ${reader.cuts} cuts, ${said.length} messages, ` +
      `${wrong.lost} lost, ${wrong.double} double, ${wrong.outOfOrder} out of order`,
  );
  expect(wrong).toEqual(NOTHING_WRONG);
  expect(reader.lines).toEqual(said);
  expect(steady.lines).toEqual(said);
  expect(said).toHaveLength(MESSAGES);
  expect(await readBackwards(room)).toEqual(said);
}

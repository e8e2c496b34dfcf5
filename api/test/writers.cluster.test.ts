/** Many write into one room at the same time, and everybody reads the same. */
import { expect, test } from 'vitest';
import { startApp } from './harness.ts';
import { people, person } from './people.ts';
import { compare, NOTHING_WRONG, readBackwards, readCursor, readForwards, send } from './said.ts';
import { watchEvents, watchSocket } from './watch.ts';
import { joinRoom } from '../room/membership.ts';

const WRITERS = 64;
const MESSAGES = 20_000;
const TIMEOUT_MS = 240_000;

test(
  `${WRITERS} writers give a room ${MESSAGES} messages without a hole, which all readers see in order`,
  { timeout: TIMEOUT_MS },
  async () => {
    await using server = await startApp();
    const { ann, bob, eve, room, roomId } = await people(server.app);
    const asBob = { url: server.url, token: bob.token, roomId };
    const writers = await Promise.all(
      Array.from({ length: WRITERS }, async (_, index) => {
        const writer = await person(server.app, `writer-${index}`);
        await joinRoom(server.app, writer, { roomId: room.id });
        return writer;
      }),
    );
    await joinRoom(server.app, eve, { roomId: room.id });

    const after = await readCursor(asBob);
    const readers = [
      watchSocket({ ...asBob, after }),
      watchSocket({ ...asBob, token: ann.token, after }),
      watchSocket({ ...asBob, token: eve.token, after }),
      watchEvents({ ...asBob, after }),
    ];

    let next = 0;
    const started = performance.now();
    await Promise.all(
      writers.map(async ({ token }) => {
        while (next < MESSAGES) {
          const number = next++;
          await send({ ...asBob, token }, `line ${number}`, `key ${number}`);
        }
      }),
    );
    const sentS = (performance.now() - started) / 1000;
    const said = await readForwards(asBob);
    await Promise.all(readers.map((reader) => reader.reached(said.at(-1)!.seq)));
    for (const reader of readers) reader.close();

    const first = said[0]!.seq;
    const holes = said.filter(({ seq }, index) => seq !== first + index).length;
    const wrong = readers.map(({ lines }) => compare(lines, said));
    console.log(
      `writers: ${WRITERS}, ${said.length} messages in ${sentS.toFixed(1)} s ` +
        `(${Math.round(said.length / sentS)}/s), ${holes} holes, ${readers.length} readers: ` +
        wrong.map(({ lost, double, outOfOrder }) => `${lost}/${double}/${outOfOrder}`).join(' ') +
        ' lost/double/out of order',
    );
    expect(said).toHaveLength(MESSAGES);
    expect(holes).toBe(0);
    expect(new Set(said.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(MESSAGES);
    for (const [index, { lines }] of readers.entries()) {
      expect(wrong[index]).toEqual(NOTHING_WRONG);
      expect(lines).toEqual(said);
    }
    expect(await readBackwards(asBob)).toEqual(said);
  },
);

/** Redis is killed and started again, and stays away for long. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/harness/statistics.ts';
import { startRedis } from '../api/test/redis.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import type { Reader } from './readers.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { describeTimes, tooLate } from './timing.ts';
import { startWriters, type Writing } from './writers.ts';

const SIZES = {
  quick: { kills: 5, awayMs: 4_000 },
  full: { kills: 50, awayMs: 60_000 },
};
const READERS = 12;
const WRITERS = 4;
const MOST_BETWEEN = 60;
const LAG_MS = 2_000;
/** People write now and then: pauses make the last hint before each of them count. */
const PAUSE_MS = 20;

export const redis: Fault = {
  number: 4,
  name: 'Redis is killed',
  lacks: () =>
    spawnSync('redis-server', ['--version']).error ? 'redis-server is not installed' : null,
  async run({ scale, random }) {
    const size = SIZES[scale];
    await using server = await startRedis();
    await using stage = await openStage({
      members: WRITERS,
      readers: READERS,
      // All are written to at the first process, and read at the second.
      urlFor: ({ urls }) => urls[1]!,
      settings: { REDIS_URL: server.url },
    });
    const { servers, room, readers } = stage;
    using writing = startWriters({
      ...room,
      url: () => servers.urls[0]!,
      pace: () => sleep(PAUSE_MS),
    });

    for (let kill = 0; kill < size.kills; kill++) {
      await writing.counted(writing.acknowledged.size + 1 + random.below(MOST_BETWEEN));
      await server.kill();
      await writing.counted(writing.acknowledged.size + 1 + random.below(MOST_BETWEEN));
      await server.start();
    }
    await server.kill();
    await sleep(size.awayMs);
    await server.start();
    await writing.counted(writing.acknowledged.size + MOST_BETWEEN);

    const verdict = await judge(stage, writing);
    const lags = readers.flatMap((reader) => lagsOf(reader, writing));
    return {
      figures:
        `${size.kills} kills and ${size.awayMs / 1000} s away, ${tally(verdict)}, ` +
        `${writing.retries} sends failed; lag ${describeTimes(lags)}`,
      violations: [
        ...verdict.violations,
        ...(writing.retries > 0 ? [`${writing.retries} sends failed`] : []),
        ...tooLate('a message (at most)', percentile(lags, 1), LAG_MS, scale),
      ],
    };
  },
};

/** From each acknowledgement until the message came. */
function lagsOf({ lines, arrivals }: Reader, { acknowledgedAt }: Writing): number[] {
  return lines.map(
    ({ idempotencyKey }, index) => arrivals[index]! - acknowledgedAt.get(idempotencyKey)!,
  );
}

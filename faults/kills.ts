/** One of two API processes is killed, and its clients go on at the other. */
import { percentile } from '../bench/harness/statistics.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { describeTimes, interruptions, tooLate } from './timing.ts';
import { startWriters } from './writers.ts';

const SIZES = { quick: { kills: 4 }, full: { kills: 200 } };
const READERS = 24;
const WRITERS = 8;
/** A kill comes after up to so many messages since the last start. */
const MOST_BETWEEN = 150;
/** After each start so many readers are cut, so that some come to the process that was away. */
const MOVING = 12;
const RESUME_P99_MS = 5_000;

export const kills: Fault = {
  number: 2,
  name: 'an API process is killed',
  async run({ scale, random }) {
    await using stage = await openStage({ members: WRITERS, readers: READERS });
    const { servers, room, readers } = stage;
    using writing = startWriters({ ...room, url: servers.next });

    const spans: { at: number; until: number }[] = [];
    for (let kill = 0; kill < SIZES[scale].kills; kill++) {
      await writing.counted(writing.acknowledged.size + 1 + random.below(MOST_BETWEEN));
      const victim = random.below(servers.urls.length);
      const at = await servers.kill(victim);
      await servers.start(victim);
      spans.push({ at, until: performance.now() });
      for (let moving = 0; moving < MOVING; moving++) {
        await readers[random.below(READERS)]!.cut();
      }
    }
    await writing.counted(writing.acknowledged.size + 1);

    const verdict = await judge(stage, writing);
    const resumedAfter = spans.flatMap(({ at, until }) =>
      interruptions(readers, at, until).map(({ resumedAt }) => resumedAt - at),
    );
    const p99 = percentile(resumedAfter, 0.99);
    return {
      figures:
        `${SIZES[scale].kills} kills, ${writing.acknowledged.size.toLocaleString('en')} messages, ` +
        `${writing.retries} retries, ${tally(verdict)}; ${resumedAfter.length} resumed after ` +
        describeTimes(resumedAfter),
      violations: [...verdict.violations, ...tooLate('resuming (p99)', p99, RESUME_P99_MS, scale)],
    };
  },
};

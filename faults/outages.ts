/** The database is killed and comes back, and single connections to it are terminated. */
import type { TestDatabase } from '../api/test/database.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { startWriters } from './writers.ts';

const SIZES = {
  quick: { outages: 4, terminations: 25 },
  full: { outages: 30, terminations: 200 },
};
const READERS = 24;
const WRITERS = 8;
const MOST_BETWEEN = 40;

export const outages: Fault = {
  number: 5,
  name: 'the database is killed',
  async run({ scale, random }) {
    const size = SIZES[scale];
    await using stage = await openStage({ members: WRITERS, readers: READERS });
    const { database, servers, room, readers } = stage;
    using writing = startWriters({ ...room, url: servers.next });

    let outagesLeft = size.outages;
    let terminationsLeft = size.terminations;
    let terminated = 0;
    while (outagesLeft + terminationsLeft > 0) {
      await writing.counted(writing.acknowledged.size + 1 + random.below(MOST_BETWEEN));
      if (random.below(outagesLeft + terminationsLeft) < outagesLeft) {
        outagesLeft--;
        await database.stop(random.below(2) ? 'SIGQUIT' : 'SIGKILL');
        // Whoever comes back just then finds a server without a database.
        for (let cut = 0; cut < 2; cut++) void readers[random.below(READERS)]!.cut();
        await database.start();
      } else {
        terminationsLeft--;
        terminated += await terminate(database, random.below(1_000));
      }
    }
    await writing.counted(writing.acknowledged.size + MOST_BETWEEN);

    const verdict = await judge(stage, writing);
    const codes = [...new Set(readers.flatMap(({ closes }) => closes))].sort();
    return {
      figures:
        `${size.outages} outages, ${terminated} backends terminated, ` +
        `${writing.acknowledged.size.toLocaleString('en')} messages, ${writing.retries} retries, ${tally(verdict)}; sockets closed with ${codes.join(', ')}`,
      violations: verdict.violations,
    };
  },
};

/** Terminates one of the servers' backends, every other time one that is at work; gives how many. */
async function terminate(database: TestDatabase, choice: number): Promise<number> {
  const rows = await database.query(
    `WITH backend AS (
       SELECT pid FROM pg_stat_activity
       WHERE application_name = 'parley' AND pid <> pg_backend_pid()
       ORDER BY (state = 'active') = ($1 % 2 = 0) DESC, pid
     ), chosen AS (SELECT pid FROM backend OFFSET ($1 / 2) % (SELECT count(*) FROM backend) LIMIT 1)
     SELECT pg_terminate_backend(pid) FROM chosen`,
    [choice],
  );
  return rows.length;
}

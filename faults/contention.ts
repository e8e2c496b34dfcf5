/** Many write into one room at once, and of what they write much is rolled back or refused. */
import { tally } from './checker.ts';
import { countRollbacks, failInserts } from './failing-inserts.ts';
import type { Fault } from './fault.ts';
import { followLog, glanceAt, readHead } from './hole-seekers.ts';
import { createRivalry } from './rivals.ts';
import { register } from './room.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { startWriters } from './writers.ts';

const SIZES = { quick: { messages: 2_000 }, full: { messages: 50_000 } };
const WRITERS = 64;
const READERS = 6;
const LEAST_ROLLED_BACK = 0.1;

export const contention: Fault = {
  number: 7,
  name: 'writes are rolled back',
  async run({ scale, random }) {
    const { messages } = SIZES[scale];
    await using stage = await openStage({ members: WRITERS, readers: READERS });
    const { database, servers, room } = stage;
    await failInserts(database);
    const rivalry = createRivalry({
      random,
      messages,
      otherThan: (url) => servers.urls.find((other) => other !== url)!,
      stranger: await register(servers.urls[0]!, 'stranger'),
      // Whoever leaves is told nothing more: those who read stay.
      leavers: room.members.slice(READERS),
    });
    using log = await followLog(stage);
    using glances = glanceAt(stage);
    using writing = startWriters({
      ...room,
      url: servers.next,
      limit: messages,
      post: rivalry.post,
    });

    const verdict = await judge(stage, writing);
    const head = await readHead(stage);
    await log.reached(head);
    const { count, violations } = await glances.compare();
    await Promise.all(servers.urls.map((_, index) => servers.stop(index)));
    const { attempts, rolledBack } = await countRollbacks(database);
    const share = rolledBack / attempts;
    return {
      figures:
        `${WRITERS} writers, a log of 1 to ${head.toLocaleString('en')}, ${tally(verdict)}; ` +
        `${rolledBack.toLocaleString('en')} of ${attempts.toLocaleString('en')} transactions rolled ` +
        `back (${(share * 100).toFixed(1)} %), ${writing.retries} retries; beside them ` +
        `${rivalry.describe()}; ${count} glances at the history`,
      violations: [
        ...verdict.violations,
        ...rivalry.violations,
        ...log.violations,
        ...violations,
        ...(share < LEAST_ROLLED_BACK ? ['less than a tenth was rolled back'] : []),
      ],
    };
  },
};

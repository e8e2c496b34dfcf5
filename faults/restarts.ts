/** Both processes are restarted in turn, as an upgrade does. */
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { describeTimes, interruptions } from './timing.ts';
import { startWriters } from './writers.ts';

const SIZES = { quick: { rounds: 2 }, full: { rounds: 20 } };
const READERS = 24;
const WRITERS = 8;
const MOST_BETWEEN = 100;
/** RFC 6455's registry: Service Restart. */
const RESTARTING = 1012;

export const restarts: Fault = {
  number: 6,
  name: 'rolling restarts',
  async run({ scale, random }) {
    await using stage = await openStage({ members: WRITERS, readers: READERS });
    const { servers, room, readers } = stage;
    using writing = startWriters({ ...room, url: servers.next });

    const spans: { at: number; until: number }[] = [];
    const violations: string[] = [];
    for (let round = 0; round < SIZES[scale].rounds; round++) {
      for (const index of servers.urls.keys()) {
        await writing.counted(writing.acknowledged.size + 1 + random.below(MOST_BETWEEN));
        const at = performance.now();
        const { code, signal, stderr } = await servers.stop(index);
        spans.push({ at, until: performance.now() });
        if (code !== 0) violations.push(`a process ended by ${signal ?? code}: ${stderr}`);
        await servers.start(index);
      }
    }

    const verdict = await judge(stage, writing);
    const closedAfter: number[] = [];
    const resumedAfter: number[] = [];
    for (const { at, until } of spans) {
      for (const { reader, code, closedAt, resumedAt } of interruptions(readers, at, until)) {
        closedAfter.push(closedAt - at);
        resumedAfter.push(resumedAt - closedAt);
        if (reader.name.includes('WebSocket') && code !== RESTARTING) {
          violations.push(`${reader.name} was closed with ${code}`);
        }
      }
    }
    return {
      figures:
        `${SIZES[scale].rounds} rounds, ${writing.acknowledged.size.toLocaleString('en')} messages, ` +
        `${writing.retries} retries, ${tally(verdict)}; ${closedAfter.length} connections closed ` +
        `${describeTimes(closedAfter)} after the signal, back ${describeTimes(resumedAfter)} later`,
      violations: [...violations, ...verdict.violations],
    };
  },
};

/** A process dies between a commit and the hint of it, and nothing more is said in the room. */
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/harness/statistics.ts';
import { isWorthRetrying, send } from '../api/test/said.ts';
import type { Line } from '../api/test/watch.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { MORTAL } from './mortal.ts';
import { asOwner } from './readers.ts';
import { openStage, type Stage } from './stage.ts';
import { judge } from './testimony.ts';
import { describeTimes, tooLate } from './timing.ts';

const SIZES = { quick: { deaths: 5 }, full: { deaths: 100 } };
const READERS = 6;
const VISIBLE_MS = 2_000;
const [SURVIVOR, MORTAL_ONE] = [0, 1];

export const deaths: Fault = {
  number: 3,
  name: 'death between commit and hint',
  async run({ scale, random }) {
    await using stage = await openStage({
      members: 1,
      readers: READERS,
      urlFor: ({ urls }) => urls[SURVIVOR]!,
      importsFor: (index) => (index === MORTAL_ONE ? ['./faults/failpoint.ts'] : []),
    });
    const { servers, room, readers } = stage;
    const acknowledged = new Map<string, Line>();
    const visibleAfter: number[] = [];
    const violations: string[] = [];
    for (let death = 0; death < SIZES[scale].deaths; death++) {
      const key = `death ${death}`;
      const message = { key, body: `${key}: ${MORTAL} ${random.below(1_000)}` };
      const sentAt = performance.now();
      violations.push(...(await dieOf(stage, message)));
      await Promise.all([
        servers.start(MORTAL_ONE),
        Promise.race([
          Promise.all(readers.map(({ counted }) => counted(death + 1))),
          // Long past what is allowed: what never comes is for the checker to tell.
          sleep(10 * VISIBLE_MS, undefined, { ref: false }),
        ]),
      ]);
      for (const { arrivals } of readers) {
        visibleAfter.push((arrivals[death] ?? Number.POSITIVE_INFINITY) - sentAt);
      }
      // Only now, so that nothing but the sweep could tell the survivor.
      const isSeen = readers.every(({ lines }) => lines.length > death);
      acknowledged.set(key, await send(asOwner(room, servers.urls[SURVIVOR]!), message.body, key));
      if (!isSeen) break;
    }

    const verdict = await judge(stage, { acknowledged, refusals: [], async finish() {} });
    return {
      figures:
        `${acknowledged.size} deaths, ${tally(verdict)}; visible on the other process after ` +
        describeTimes(visibleAfter),
      violations: [
        ...violations,
        ...verdict.violations,
        ...tooLate('being visible (at most)', percentile(visibleAfter, 1), VISIBLE_MS, scale),
      ],
    };
  },
};

/** Sends what kills the process, and says what went otherwise. */
async function dieOf(
  { servers, room }: Stage,
  { key, body }: { key: string; body: string },
): Promise<string[]> {
  const answer = await send(asOwner(room, servers.urls[MORTAL_ONE]!), body, key).then(
    () => 'an acknowledgement',
    (error: Error) => (error instanceof TypeError && isWorthRetrying(error) ? null : error.message),
  );
  if (answer !== null) throw new Error(`The failpoint was not met: ${answer}`);
  const { signal } = await servers.ended(MORTAL_ONE);
  return signal === 'SIGKILL' ? [] : [`${key}: the process ended by ${signal}`];
}

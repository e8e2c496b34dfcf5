/**
 * Those in charge act while messages pour: members are removed, banned from the room and from the server, moderators and
 * administrators made plain members, and passwords changed, through either of two processes. Each follows the room on both. What
 * they follow ends with their removal, contiguous up to it and nothing past it; sessions that are ended are dead on both
 * processes, sockets and all, and those that are begun meanwhile by the former password; who is in charge no more is refused.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/harness/statistics.ts';
import { startRedis } from '../api/test/redis.ts';
import type { Fault } from './fault.ts';
import { openStage } from './stage.ts';
import { describeTimes, tooLate } from './timing.ts';
import { DEEDS, Victim } from './victim.ts';
import { startWriters } from './writers.ts';

const TIMES = { quick: 24, full: 200 };
const LANES = 2;
const WRITERS = 2;
const DEAD_WITHIN_MS = 1_000;

export const order: Fault = {
  number: 17,
  name: 'those in charge act under load',
  lacks: () =>
    spawnSync('redis-server', ['--version']).error ? 'redis-server is not installed' : null,
  async run({ scale, random }) {
    await using redis = await startRedis();
    const settings = { REDIS_URL: redis.url };
    await using stage = await openStage({ members: WRITERS, readers: 0, settings });
    const { room, servers } = stage;
    using writing = startWriters({ ...room, url: () => servers.next(), pace: () => sleep(2) });
    const violations: string[] = [];
    const deadAfter: number[] = [];
    let delivered = 0;
    const share = TIMES[scale] / LANES;
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      const victim = await Victim.register(stage, `victim-${lane}`);
      for (let time = 0; time < share; time++) {
        const deed = DEEDS[time % DEEDS.length]!;
        const outcome = await victim.suffer(deed, random);
        violations.push(...outcome.violations.map((text) => `${lane}.${time} ${deed}: ${text}`));
        deadAfter.push(...outcome.deadAfter);
        delivered += outcome.delivered;
      }
    });
    await Promise.all(lanes);
    await writing.finish();
    return {
      figures:
        `${share * LANES} deeds among ${writing.acknowledged.size.toLocaleString('en')} messages, ` +
        `${delivered.toLocaleString('en')} events delivered to whom they were done, ended after ` +
        `${describeTimes(deadAfter)}, ${violations.length} violations`,
      violations: [
        ...violations,
        ...tooLate('ending (at most)', percentile(deadAfter, 1), DEAD_WITHIN_MS, scale),
      ],
    };
  },
};

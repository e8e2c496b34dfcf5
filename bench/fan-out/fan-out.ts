import { type Contestant, type Running } from '../harness/contestants.ts';
import { type Crowd, gather } from '../harness/crowd.ts';
import type { Load } from './loads.ts';
import { play, playSilently } from './play.ts';
import type { Results } from './report.ts';

/**
 * What a server has not yet compiled is not measured: each first takes as much as it can of what it will be given. At ten messages
 * a second a minute of it would be too short.
 */
const PRACTICE_MS = 5_000;
const PRACTICE_PACE = { inFlight: 8 };

export interface Rounds {
  rounds: number;
  /** How long one run sends. */
  durationMs: number;
}

/** Puts all servers under one load, by turns: what else the machine does falls on all of them. */
export async function compareUnder(
  servers: ReadonlyMap<Contestant, Running>,
  load: Load,
  { rounds, durationMs }: Rounds,
): Promise<Results> {
  const crowds = new Map<Running, Crowd>();
  const results: Results = new Map();
  try {
    for (const [contestant, server] of servers) {
      const crowd = await gather(server, load);
      crowds.set(server, crowd);
      results.set(contestant, []);
      await play(crowd, server.process, { ...load, pace: PRACTICE_PACE }, PRACTICE_MS);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [contestant, server] of servers) {
        const crowd = crowds.get(server)!;
        const run = await play(crowd, server.process, load, durationMs);
        const silentCpuSeconds = await playSilently(crowd, server.process, run);
        results.get(contestant)!.push({ ...run, silentCpuSeconds });
      }
    }
    return results;
  } finally {
    for (const crowd of crowds.values()) crowd.close();
  }
}

/** Whether a delivery costs more the more subscribers a room has. */
import type { Contestant } from '../harness/contestants.ts';
import { type Crowd, gather } from '../harness/crowd.ts';
import { median } from '../harness/statistics.ts';
import { figure, table } from '../harness/table.ts';
import type { Rounds } from './fan-out.ts';
import { play, playSilently } from './play.ts';

/** As many deliveries a second of each. */
const ROOMS = [
  { subscribers: 500, perSecond: 20 },
  { subscribers: 5_000, perSecond: 2 },
];
/** A room of 5,000 has few messages a second: a run is longer than others. */
const LONGER = 2;

/** Both rooms are on one server, by turns; CPU seconds per 100,000 deliveries, without the sends. */
export async function compareGrowth(
  contestants: Contestant[],
  { rounds, durationMs }: Rounds,
): Promise<string> {
  const rows: string[][] = [];
  for (const contestant of contestants) {
    const costs = await measure(contestant, rounds, durationMs * LONGER);
    const ratios = costs[0]!.map((small, round) => costs[1]![round]! / small);
    rows.push([contestant.title, ...[...costs, ratios].map((each) => figure(median(each)))]);
  }
  const header = ['CPU s for 100,000 deliveries', ...ROOMS.map(title), 'ratio'];
  return `\n${table([header, ...rows])}`;
}

const title = ({ subscribers }: (typeof ROOMS)[number]) =>
  `${subscribers.toLocaleString('en')} in the room`;

async function measure({ start }: Contestant, rounds: number, durationMs: number) {
  const server = await start();
  const crowds: Crowd[] = [];
  try {
    for (const { subscribers } of ROOMS) {
      crowds.push(await gather(server, { rooms: 1, subscribersPerRoom: subscribers }));
    }
    const costs: number[][] = ROOMS.map(() => []);
    // The first round is practice.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { subscribers, perSecond }] of ROOMS.entries()) {
        const load = { pace: { perSecond }, subscribersPerRoom: subscribers };
        const run = await play(crowds[index]!, server.process, load, durationMs);
        const silent = await playSilently(crowds[index]!, server.process, run);
        if (round > 0) costs[index]!.push(((run.cpuSeconds - silent) / run.expected) * 100_000);
      }
    }
    return costs;
  } finally {
    for (const crowd of crowds) crowd.close();
    await server.close();
  }
}

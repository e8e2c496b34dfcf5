/** What the runs of one load say, as a table. */
import { type Contestant, REFERENCE } from '../harness/contestants.ts';
import { median, percentile } from '../harness/statistics.ts';
import { figure, table } from '../harness/table.ts';
import type { Run } from './play.ts';

export interface Round extends Run {
  /** What the sends alone cost, in seconds of the processor. */
  silentCpuSeconds: number;
}

export type Results = Map<Contestant, Round[]>;

const HEADER = [
  'server',
  'CPU s',
  '× ws',
  'without sends',
  '× ws',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'sends/s',
  'frame B',
  'load',
  'wait',
];

export const LEGEND = `
CPU s          of the server's process for 100,000 deliveries, everything included: Parley's has
               authorization and the write to PostgreSQL in it (PostgreSQL's own processes not),
               the baselines neither authorize nor store
without sends  the same less what as many sends cost in rooms without subscribers
p50 …          from send to delivery, at 20 probes; Parley's includes the commit
load           how busy the load generator was
wait           how much of the time the server waited for its core while other programs had it`;

/** CPU seconds are per 100,000 deliveries; all but latencies are medians of the rounds. */
export function describeResults(results: Results): string {
  const reference = [...results].find(([{ name }]) => name === REFERENCE)?.[1];
  const rows = [...results].map(([{ title }, rounds]) => {
    const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
    return [
      title,
      figure(median(rounds.map(wholeCost))),
      figure(ratio(rounds, reference, wholeCost)),
      figure(median(rounds.map(deliveryCost))),
      figure(ratio(rounds, reference, deliveryCost)),
      ...[0.5, 0.95, 0.99].map((share) => figure(percentile(latencies, share))),
      figure(median(rounds.map(({ sends, seconds }) => sends / seconds))),
      String(rounds[0]!.frameBytes),
      percent(median(rounds.map(({ loadBusy }) => loadBusy))),
      percent(median(rounds.map(({ waitedSeconds, seconds }) => waitedSeconds / seconds))),
    ];
  });
  return table([HEADER, ...rows]);
}

/** One line for each run that did not deliver everything once and in order. */
export function describeFaults(results: Results): string[] {
  return [...results].flatMap(([{ title }, rounds]) =>
    rounds.flatMap(({ expected, missing, surplus, misordered, lost, refused }, index) =>
      missing + surplus + misordered + lost + refused === 0
        ? []
        : [
            `NOT DELIVERED: ${title}, round ${index + 1}: of ${expected} deliveries ${missing} are ` +
              `missing, ${surplus} beyond, ${misordered} of probes out of order; ${lost} sockets ` +
              `closed, ${refused} sends refused`,
          ],
    ),
  );
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

const wholeCost = ({ cpuSeconds, expected }: Round) => (cpuSeconds / expected) * 100_000;

const deliveryCost = ({ cpuSeconds, silentCpuSeconds, expected }: Round) =>
  ((cpuSeconds - silentCpuSeconds) / expected) * 100_000;

/** Of runs of the same round, which had the same neighbours. */
function ratio(rounds: Round[], reference: Round[] | undefined, cost: (round: Round) => number) {
  if (!reference) return Number.NaN;
  return median(rounds.map((round, index) => cost(round) / cost(reference[index]!)));
}

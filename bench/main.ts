/** `npm run bench`: see `--help`. */
import { loadavg } from 'node:os';
import { compareAges } from './age/age.ts';
import { describeConnections, measureConnections } from './connections/connections.ts';
import { measureData } from './data/data.ts';
import { compareUnder } from './fan-out/fan-out.ts';
import { compareGrowth } from './fan-out/growth.ts';
import { loads } from './fan-out/loads.ts';
import { describeFaults, describeResults, LEGEND } from './fan-out/report.ts';
import { type Contestant, CONTESTANTS, type Running } from './harness/contestants.ts';
import { pinLoad, unpinned } from './harness/cores.ts';
import { BenchFailure } from './harness/failure.ts';
import { describeMachine } from './harness/machine.ts';
import { measureLarge } from './large/large.ts';
import { compareSends } from './send/send.ts';
import {
  AGE,
  type BenchOptions,
  CONNECTIONS,
  DATA,
  GROWTH,
  HELP,
  LARGE,
  readOptions,
  SENDS,
} from './options.ts';

const UNDELIVERED = 1;
const NOT_RUN = 2;

try {
  const options = readOptions(process.argv.slice(2));
  if (!options) console.log(HELP);
  else await bench(options);
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  console.error(error.message);
  process.exitCode = NOT_RUN;
}

async function bench(options: BenchOptions): Promise<void> {
  console.log(await describeMachine());
  if (unpinned) console.log(`Not pinned to cores: ${unpinned}.`);
  pinLoad();
  const contestants = CONTESTANTS.filter(({ name }) => options.only.includes(name));
  await compareFanOut(contestants, options);
  if (options.parts.includes(GROWTH)) console.log(await compareGrowth(contestants, options));
  if (options.parts.includes(CONNECTIONS)) {
    const measured = await measureConnections(contestants, options);
    console.log(describeConnections(measured, options));
  }
  if (options.parts.includes(SENDS)) console.log(await compareSends(options));
  if (options.parts.includes(AGE)) console.log(await compareAges(options));
  if (options.parts.includes(LARGE)) console.log(await measureLarge(options));
  if (options.parts.includes(DATA)) {
    const { text, isEqual } = await measureData(options);
    console.log(text);
    if (!isEqual) process.exitCode = UNDELIVERED;
  }
}

async function compareFanOut(contestants: Contestant[], options: BenchOptions): Promise<void> {
  const wanted = loads(options.subscribers).filter(({ name }) => options.parts.includes(name));
  if (wanted.length === 0) return;
  const servers = new Map<Contestant, Running>();
  try {
    for (const contestant of contestants) servers.set(contestant, await contestant.start());
    for (const load of wanted) {
      const results = await compareUnder(servers, load, options);
      const rounds = `${options.rounds} × ${options.durationMs / 1000} s`;
      console.log(`\n${load.title}; ${rounds}; load average ${loadavg()[0]!.toFixed(1)}`);
      console.log(describeResults(results));
      const faults = describeFaults(results);
      for (const fault of faults) console.log(fault);
      if (faults.length > 0) process.exitCode = UNDELIVERED;
    }
    console.log(LEGEND);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()));
  }
}

import { answers } from './answers.ts';
import { contention } from './contention.ts';
import { cuts } from './cuts.ts';
import { deaths } from './deaths.ts';
import type { Fault } from './fault.ts';
import { kills } from './kills.ts';
import { outages } from './outages.ts';
import { redis } from './redis.ts';
import { restarts } from './restarts.ts';

/** All faults, by their number. */
export const FAULTS: Fault[] = [
  cuts, //
  kills,
  deaths,
  redis,
  outages,
  restarts,
  contention,
  answers,
];

import { cuts } from './cuts.ts';
import { deaths } from './deaths.ts';
import type { Fault } from './fault.ts';
import { kills } from './kills.ts';
import { outages } from './outages.ts';
import { restarts } from './restarts.ts';

/** All faults, by their number. */
export const FAULTS: Fault[] = [
  cuts, //
  kills,
  deaths,
  outages,
  restarts,
];

import { cuts } from './cuts.ts';
import type { Fault } from './fault.ts';

/** All faults, by their number. */
export const FAULTS: Fault[] = [cuts].sort((one, other) => one.number - other.number);

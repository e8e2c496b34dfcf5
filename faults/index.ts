import { answers } from './answers.ts';
import { churn } from './churn.ts';
import { contention } from './contention.ts';
import { conversation } from './conversation.ts';
import { cuts } from './cuts.ts';
import { deaths } from './deaths.ts';
import type { Fault } from './fault.ts';
import { interleavings } from './interleavings.ts';
import { kills } from './kills.ts';
import { order } from './order.ts';
import { outages } from './outages.ts';
import { reconnection } from './reconnection.ts';
import { redis } from './redis.ts';
import { removal } from './removal.ts';
import { restarts } from './restarts.ts';
import { restoredDatabase } from './restored-database.ts';
import { sharedExecution } from './shared-execution.ts';
import { stalledReader } from './stalled-reader.ts';

/** All faults, by their number. */
export const FAULTS: Fault[] = [
  cuts,
  kills,
  deaths,
  redis,
  outages,
  restarts,
  contention,
  interleavings,
  stalledReader,
  answers,
  removal,
  restoredDatabase,
  sharedExecution,
  churn,
  reconnection,
  conversation,
  order,
];

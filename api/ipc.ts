/** The way between the primary process and a worker. */
import type { ChildProcess } from 'node:child_process';
import type { Line } from './live/worker-bus.ts';

/** What may be on its way to a process before it counts as busy. */
const MOST_PENDING = 1_024;

/** What a worker says of itself to the primary. */
export type Report = { worker: 'ready'; url: string } | { worker: 'refused'; reason: string };

/** The primary's order to finish what has begun and end; one that is replaced leaves others to serve. */
export interface Stop {
  primary: 'stop' | 'replace';
}

export const isReport = (message: unknown): message is Report => has(message, 'worker');
export const isStop = (message: unknown): message is Stop => has(message, 'primary');

/** The line to a process; what is sent to one that has gone is lost. */
export function lineTo(other: ChildProcess | NodeJS.Process): Line {
  let pending = 0;
  return {
    send(message) {
      if (!other.connected) return;
      pending++;
      other.send!(message as object, undefined, undefined, () => pending--);
    },
    get isBusy() {
      return pending >= MOST_PENDING;
    },
    onMessage: (hear) => void (other as NodeJS.Process).on('message', hear),
  };
}

function has(message: unknown, key: string): boolean {
  return typeof message === 'object' && message !== null && key in message;
}

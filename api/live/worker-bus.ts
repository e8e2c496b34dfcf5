/**
 * The bus of several workers on one machine, without Redis: each tells the primary process what it
 * listens to and what it publishes, and the primary passes a hint on to the workers that listen to
 * its topic. Messages between two processes keep their order, so that what is listened to there is
 * what the worker asked for last. Where one is too busy to take more, hints are left out.
 */
import { type Bus, createLocalBus, type Topic } from './bus.ts';
import type { Packing } from './packing.ts';

/** The way from one process to another one. */
export interface Line {
  send(message: unknown): void;
  /** Whether so much is on its way that hints had better be left out. */
  readonly isBusy: boolean;
  onMessage(hear: (message: unknown) => void): void;
}

/** What workers and the primary say of the bus; other messages have no `bus`. */
type BusMessage =
  { bus: 'listen' | 'leave'; topic: Topic } | { bus: 'hint'; topic: Topic; bytes: Uint8Array };

/** The worker's end. */
export function createWorkerBus(primary: Line, { pack, unpack }: Packing): Bus {
  const say = (message: BusMessage) => primary.send(message);
  const local = createLocalBus({
    opened: (topic) => say({ bus: 'listen', topic }),
    closed: (topic) => say({ bus: 'leave', topic }),
  });
  primary.onMessage((message) => {
    if (!isBusMessage(message) || message.bus !== 'hint') return;
    const hint = unpack(message.bytes);
    if (hint !== undefined) local.publish(message.topic, hint);
  });
  return {
    ...local,
    publish(topic, hint) {
      local.publish(topic, hint);
      if (!primary.isBusy) say({ bus: 'hint', topic, bytes: pack(hint) });
    },
  };
}

export interface Relay {
  /** Takes a worker in; returns what leaves it out again. */
  add(worker: Line): () => void;
  /** How many workers listen to each topic. */
  listeners(topic: Topic): number;
}

/** The primary's end: knows who listens to what, and reads nothing of it. */
export function createRelay(): Relay {
  const listeners = new Map<Topic, Set<Line>>();
  const leave = (worker: Line, topic: Topic) => {
    const lines = listeners.get(topic);
    if (lines?.delete(worker) && lines.size === 0) listeners.delete(topic);
  };
  return {
    add(worker) {
      worker.onMessage((message) => {
        if (!isBusMessage(message)) return;
        const { topic } = message;
        const lines = listeners.get(topic);
        if (message.bus === 'listen') listeners.set(topic, (lines ?? new Set()).add(worker));
        else if (message.bus === 'leave') leave(worker, topic);
        else {
          for (const other of lines ?? [])
            if (other !== worker && !other.isBusy) other.send(message);
        }
      });
      return () => {
        for (const topic of [...listeners.keys()]) leave(worker, topic);
      };
    },
    listeners: (topic) => listeners.get(topic)?.size ?? 0,
  };
}

function isBusMessage(message: unknown): message is BusMessage {
  return typeof message === 'object' && message !== null && 'bus' in message;
}

/**
 * How the processes of one server tell each other that something happened. What travels are hints:
 * they may be lost or come late, and whoever listens finds the truth in the database.
 */

/** A room's log has grown to `seq`; the event itself may come along and spare a read. */
export interface RoomHint<Event = unknown> {
  seq: number;
  event?: Event;
}

/** The topics and what is said on each. */
export interface Topics {
  [room: `room:${string}`]: RoomHint;
  /** The session was ended: whatever it holds open ends too. */
  [session: `session:${string}`]: null;
}

export interface Bus {
  publish<Topic extends keyof Topics>(topic: Topic, hint: Topics[Topic]): void;
  /** `hear` must not throw. Returns what ends the listening. */
  listen<Topic extends keyof Topics>(topic: Topic, hear: (hint: Topics[Topic]) => void): () => void;
  close(): Promise<void>;
}

/** The bus of a server that is one process: calls its listeners before `publish` returns. */
export function createLocalBus(): Bus {
  const listeners = new Map<string, Set<(hint: never) => void>>();
  return {
    publish(topic, hint) {
      for (const hear of listeners.get(topic) ?? []) hear(hint as never);
    },
    listen(topic, hear) {
      const hearers = listeners.get(topic) ?? new Set();
      listeners.set(topic, hearers.add(hear));
      return () => {
        hearers.delete(hear);
        if (hearers.size === 0 && listeners.get(topic) === hearers) listeners.delete(topic);
      };
    },
    async close() {
      listeners.clear();
    },
  };
}

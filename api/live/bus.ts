/**
 * How the processes of one server tell each other that something happened. What travels are hints:
 * they may be lost or come late, and whoever listens finds the truth in the database. In the process
 * that publishes they arrive at once, and once, whatever carries them to the others.
 */
import type { PresenceHint } from '../presence/neighbours.ts';
import type { TypingHint } from '../presence/typing-place.ts';

/** A room's log has grown to `seq`; the event itself may come along and spare a read. */
export interface RoomHint<Event = unknown> {
  seq: number;
  event?: Event;
}

/** What of a person's own has changed: their rooms, drafts, what they are asked and have asked for, their place in a room, or how they stand to a thread. */
export type PersonHint =
  | { changed: 'ROOMS' }
  | { changed: 'DRAFTS' }
  | { changed: 'PENDING' }
  | { changed: 'PLACE'; roomId: string }
  | { changed: 'THREAD'; roomId: string; threadSeq: number };

/** The topics and what is said on each. */
export interface Topics {
  [room: `room:${string}`]: RoomHint;
  /** The session was ended: whatever it holds open ends too. */
  [session: `session:${string}`]: null;
  [person: `user:${string}`]: PersonHint;
  /** What others see of somebody has changed: a name, their picture, their profile. */
  people: { userId: string };
  /** Administrators have set something. */
  settings: null;
  /** Who is connected to which process; nothing of it is in the database. */
  presence: PresenceHint;
  /** An export has come further. */
  [ofExport: `export:${string}`]: null;
  /** Somebody types in a room, or in a thread of it (`typing:<room>.<number>`), or stops to. */
  [typing: `typing:${string}`]: TypingHint;
}

export type Topic = keyof Topics;
export type Hint = Topics[Topic];

export interface Bus {
  publish<T extends Topic>(topic: T, hint: Topics[T]): void;
  /** `hear` must not throw. Returns what ends the listening. */
  listen<T extends Topic>(topic: T, hear: (hint: Topics[T]) => void): () => void;
  /** What is listened to in this process. */
  topics(): Iterable<Topic>;
  /** `ask` is told of topics whose hints may have been missed, and asks the database at once. */
  onGap(ask: (topics: Iterable<Topic>) => void): void;
  close(): Promise<void>;
}

/** Told of a topic's first listener, and of the end of its last. */
export interface TopicWatch {
  opened(topic: Topic): void;
  closed(topic: Topic): void;
}

/** The bus of a server that is one process: calls its listeners before `publish` returns. */
export function createLocalBus(watch?: TopicWatch): Bus {
  const listeners = new Map<Topic, Set<(hint: never) => void>>();
  return {
    publish(topic, hint) {
      for (const hear of listeners.get(topic) ?? []) hear(hint as never);
    },
    listen(topic, hear) {
      const hearers = listeners.get(topic) ?? new Set();
      if (hearers.size === 0) {
        listeners.set(topic, hearers);
        watch?.opened(topic);
      }
      hearers.add(hear);
      return () => {
        hearers.delete(hear);
        if (hearers.size > 0 || listeners.get(topic) !== hearers) return;
        listeners.delete(topic);
        watch?.closed(topic);
      };
    },
    topics: () => listeners.keys(),
    onGap() {},
    async close() {
      listeners.clear();
    },
  };
}

const ROOM_TOPIC = 'room:';

/** The same bus, which also calls `hear` for each room whose log has grown by what this process has written. */
export function tellingOfRooms(bus: Bus, hear: (roomId: string) => void): Bus {
  return {
    ...bus,
    publish(topic, hint) {
      bus.publish(topic, hint);
      if (topic.startsWith(ROOM_TOPIC)) hear(topic.slice(ROOM_TOPIC.length));
    },
  };
}

import { roomFor } from '../access.ts';
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Latest } from '../live/latest.ts';
import { checkFollows } from '../members.ts';
import { openStream } from './stream.ts';
import {
  type Place,
  topicOf,
  type TypingDependencies,
  TypingPlace,
  type Typists,
} from './typing-place.ts';

/** Somebody who does not say again that they type has stopped. */
export const TYPING_TTL_MS = 5_000;
/** How long a change waits for others. */
const GATHER_MS = 100;

/** The places in which this process follows who types. */
export class Typing {
  readonly #deps: TypingDependencies;
  readonly #places = new Map<string, TypingPlace>();

  constructor(deps: Omit<TypingDependencies, 'ttlMs'>, ttlMs = TYPING_TTL_MS) {
    this.#deps = { ...deps, ttlMs };
  }

  /** How many places are followed here. */
  get size(): number {
    return this.#places.size;
  }

  /** How many follow one here. */
  get readers(): number {
    let count = 0;
    for (const { readers } of this.#places.values()) count += readers;
    return count;
  }

  place(place: Place): TypingPlace {
    const topic = topicOf(place);
    const known = this.#places.get(topic);
    if (known) return known;
    const opened: TypingPlace = new TypingPlace(place, this.#deps, () => {
      if (this.#places.get(topic) === opened) this.#places.delete(topic);
    });
    this.#places.set(topic, opened);
    return opened;
  }

  /** Tells all processes that somebody types there, or has stopped to. */
  say(place: Place, userId: string, isTyping: boolean): void {
    this.#deps.bus.publish(topicOf(place), { userId, isTyping });
  }
}

export interface PlaceInput {
  roomId: string;
  /** The number of a message in whose thread it is; null for the room. */
  thread: number | null;
}

/**
 * Says that the viewer types, or has stopped to.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who may not write there; RATE_LIMITED.
 */
export async function sayTyping(
  app: App,
  viewer: Viewer,
  { isTyping, ...input }: PlaceInput & { isTyping: boolean },
): Promise<void> {
  const { user } = loggedIn(viewer);
  await app.limits.take('type', user.id);
  const place = await placeOf(app, input, () => roomFor(app, viewer, { id: input.roomId }, 'post'));
  app.typing.say(place, user.id, isTyping);
}

/**
 * Who types there but for the viewer: now, and whenever that changes, for as long as the viewer is a
 * member and logged in.
 * @throws Refusal NOT_FOUND; FORBIDDEN for those who are no members; RATE_LIMITED.
 */
export async function followTyping(
  app: App,
  viewer: Viewer,
  input: PlaceInput,
): Promise<Latest<Typists>> {
  const { user } = loggedIn(viewer);
  const admit = () => checkFollows(app, viewer, input.roomId);
  const place = await placeOf(app, input, admit);
  return app.typing.place(place).enter(
    user.id,
    (read) => openStream(app, viewer, { read, gatherMs: GATHER_MS }),
    // Again, behind the head of what is followed: a leaving past that will be met.
    admit,
  );
}

/** @param check refuses who may not do there what they want. */
async function placeOf(
  app: App,
  { roomId, thread }: PlaceInput,
  check: () => Promise<unknown>,
): Promise<Place> {
  await check();
  if (thread === null) return { roomId, threadSeq: null };
  const message = await app.messages.ask({ roomId, seq: thread });
  if (!message) throw new Refusal('NOT_FOUND', 'There is no such message in this room.');
  return { roomId, threadSeq: message.threadSeq ?? message.seq };
}

/**
 * What events do to the messages that are held. An event brings its message as all are told it, and as it was when the
 * event was read: putting it in the place of what is held converges, whatever came between.
 */
import type {
  RoomEventsSubscription,
  SharedMessageFragment,
  TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import type { Edge } from './window.ts';

type RoomEvent = RoomEventsSubscription['roomEvents']['node'];

/** A message that was posted, or is another than before. */
export interface Change {
  message: SharedMessageFragment | TimelineMessageFragment;
  posted: boolean;
  /** The reaction that came or went, and whose it is. */
  reaction?: { emoji: string; added: boolean; actorId: string };
}

/** What an event says of a message; null for one that is about something else. */
export function changeOf(event: RoomEvent): Change | null {
  if (!('message' in event)) return null;
  const { message } = event;
  if (!('emoji' in event)) return { message, posted: event.__typename === 'MessagePosted' };
  const { emoji, actor } = event;
  const added = event.__typename === 'ReactionAdded';
  return { message, posted: false, reaction: { emoji, added, actorId: actor.id } };
}

/** The run with what has changed of it; the very same run where nothing of it has. */
export function revise(
  edges: readonly Edge[],
  changes: readonly Change[],
  viewerId: string,
): readonly Edge[] {
  let revised = edges;
  for (const change of changes) {
    const next = revised.map((edge) => {
      const node = reviseMessage(edge.node, change, viewerId);
      return node === edge.node ? edge : { ...edge, node };
    });
    if (next.some((edge, index) => edge !== revised[index])) revised = next;
  }
  return revised;
}

/** A message as it stands after a change: of itself, of what it quotes, or of its thread. */
export function reviseMessage(
  held: TimelineMessageFragment,
  change: Change,
  viewerId: string,
): TimelineMessageFragment {
  const { message } = change;
  if (held.id === message.id) return asSeen(change, viewerId, held);
  let next = held;
  if (message.thread?.id === held.id) {
    const { replyCount, lastReplyAt, lastRepliers } = message.thread;
    next = { ...next, replyCount, lastReplyAt, lastRepliers };
  }
  if (change.posted) return next;
  if (next.replyTo?.id === message.id) next = { ...next, replyTo: message };
  if (next.thread?.id === message.id) next = { ...next, thread: message };
  return next;
}

/**
 * A changed message as the viewer sees it. An event tells no viewer whether they reacted: they did if they are among
 * those it names; where it names only some, what was known before counts, and what they themselves did since.
 */
export function asSeen(
  { message, reaction }: Change,
  viewerId: string,
  before?: TimelineMessageFragment,
): TimelineMessageFragment {
  const known = (emoji: string) =>
    before?.reactions.find((group) => group.emoji === emoji)?.viewerHasReacted ?? false;
  const reactions = message.reactions.map((group) => {
    if ('viewerHasReacted' in group) return group;
    const { emoji, count, users } = group;
    const isNamed = users.some(({ id }) => id === viewerId);
    const isOwn = reaction?.emoji === emoji && reaction.actorId === viewerId;
    const viewerHasReacted =
      isNamed || (count > users.length && (isOwn ? reaction.added : known(emoji)));
    return { ...group, viewerHasReacted };
  });
  return { ...message, reactions };
}

const MAX_RECENT = 200;

/**
 * The latest changes of a room: a page that was read before one of them, and arrives after it, is brought up to it.
 * A page that is newer than a change is set back by it, until the later event that made it newer arrives.
 */
export class RecentChanges {
  readonly #viewerId: string;
  readonly #changes = new Map<string, Change>();

  constructor(viewerId: string) {
    this.#viewerId = viewerId;
  }

  note(change: Change): void {
    const { id } = change.message;
    this.#changes.delete(id);
    this.#changes.set(id, change);
    const [oldest] = this.#changes.keys();
    if (this.#changes.size > MAX_RECENT && oldest) this.#changes.delete(oldest);
  }

  /** The latest change of a message, by which one knows whether there was another since. */
  of(messageId: string): Change | undefined {
    return this.#changes.get(messageId);
  }

  applyTo(edges: readonly Edge[]): readonly Edge[] {
    return revise(edges, [...this.#changes.values()], this.#viewerId);
  }

  /** They are of another history. */
  forget(): void {
    this.#changes.clear();
  }
}

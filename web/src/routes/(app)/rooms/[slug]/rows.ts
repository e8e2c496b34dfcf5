import type {
  QuotedMessageFragment,
  TimelineMessageFragment,
} from '#lib/graphql/generated/graphql.ts';
import type { Outgoing } from '#lib/state/outgoing.ts';
import type { Edge } from '#lib/state/window.ts';

const GROUP_MS = 7 * 60 * 1000;

export type Author = TimelineMessageFragment['author'];

/** One's own message until the server has confirmed it. */
export interface Unsent {
  author: Author;
  body: string;
  attachments: TimelineMessageFragment['attachments'];
  createdAt: string;
  editedAt: null;
  deletedAt: null;
  replyTo: QuotedMessageFragment | null;
  thread: null;
  outgoing: Outgoing;
}

/** A message as it stands in the timeline, confirmed or not. */
export type ShownMessage = (TimelineMessageFragment & { outgoing?: undefined }) | Unsent;

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'new'; key: string }
  | {
      kind: 'message';
      /** The same before and after confirmation, so that the element stays while its message settles. */
      key: string;
      message: ShownMessage;
      /** The first of a group: shown with avatar, name and time. */
      leads: boolean;
    };

/**
 * What the timeline shows, from top to bottom: confirmed messages in the room's order, then the viewer's own that
 * are not confirmed yet; days apart, and messages of one author within seven minutes together.
 * @param dayKeyOf the calendar day of a moment where the reader is
 * @param place whether they are the room's own or a thread's, where all belong to the same message
 */
export function rowsOf(
  edges: readonly Edge[],
  outgoing: readonly Outgoing[],
  viewer: Author,
  dayKeyOf: (iso: string) => string,
  place: 'room' | 'thread' = 'room',
): Row[] {
  const confirmed = new Set<string>();
  const messages: [key: string, message: ShownMessage][] = [];
  for (const { node } of edges) {
    if (node.author.id === viewer.id) confirmed.add(node.idempotencyKey);
    messages.push([keyOf(node), node]);
  }
  for (const item of outgoing) {
    if (confirmed.has(item.idempotencyKey)) continue;
    messages.push([
      keyOf({ author: viewer, idempotencyKey: item.idempotencyKey }),
      {
        author: viewer,
        body: item.body,
        attachments: [...(item.attachments ?? [])],
        createdAt: item.createdAt,
        editedAt: null,
        deletedAt: null,
        replyTo: item.replyTo ?? null,
        thread: null,
        outgoing: item,
      },
    ]);
  }
  return grouped(messages, dayKeyOf, place);
}

function grouped(
  messages: readonly [string, ShownMessage][],
  dayKeyOf: (iso: string) => string,
  place: 'room' | 'thread',
): Row[] {
  const rows: Row[] = [];
  let previous: ShownMessage | undefined;
  let previousDay = '';
  for (const [key, message] of messages) {
    const day = dayKeyOf(message.createdAt);
    const newDay = day !== previousDay;
    if (newDay) rows.push({ kind: 'day', key: `day:${day}:${key}`, at: message.createdAt });
    rows.push({
      kind: 'message',
      key,
      message,
      leads: newDay || !previous || !continues(previous, message, place),
    });
    previous = message;
    previousDay = day;
  }
  return rows;
}

function continues(
  previous: ShownMessage,
  message: ShownMessage,
  place: 'room' | 'thread',
): boolean {
  // What refers to another message stands by itself, below what it refers to.
  if (message.replyTo || (message.thread && place === 'room')) return false;
  return (
    previous.author.id === message.author.id &&
    Math.abs(Date.parse(message.createdAt) - Date.parse(previous.createdAt)) < GROUP_MS
  );
}

/** The rows with the divider above the first message that is new, where that one is among them. */
export function withDivider(
  rows: readonly Row[],
  edges: readonly Edge[],
  dividerSeq: number | null,
): readonly Row[] {
  if (dividerSeq === null) return rows;
  const first = edges.find(({ node }) => node.seq >= dividerSeq);
  // Where all of the window is new, the divider lies above it.
  if (!first || (first === edges[0] && first.node.seq > dividerSeq)) return rows;
  const place = rows.findIndex(({ key }) => key === keyOf(first.node));
  return rows.toSpliced(place, 0, { kind: 'new', key: 'new' });
}

/** What tells messages apart, before and after confirmation. */
export function keyOf({
  author,
  idempotencyKey,
}: {
  author: { id: string };
  idempotencyKey: string;
}): string {
  return `${author.id}:${idempotencyKey}`;
}

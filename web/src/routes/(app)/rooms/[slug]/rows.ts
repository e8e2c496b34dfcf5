import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';
import type { Outgoing } from '#lib/state/outgoing.ts';
import type { Edge } from '#lib/state/window.ts';

const GROUP_MS = 7 * 60 * 1000;

export type Author = TimelineMessageFragment['author'];

/** A message as it stands in the timeline, confirmed or not. */
export interface ShownMessage {
  author: Author;
  body: string;
  attachments: TimelineMessageFragment['attachments'];
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
  /** Present until the server has confirmed it. */
  outgoing?: Outgoing;
}

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
 */
export function rowsOf(
  edges: readonly Edge[],
  outgoing: readonly Outgoing[],
  viewer: Author,
  dayKeyOf: (iso: string) => string,
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
        outgoing: item,
      },
    ]);
  }
  return grouped(messages, dayKeyOf);
}

function grouped(
  messages: readonly [string, ShownMessage][],
  dayKeyOf: (iso: string) => string,
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
      leads: newDay || !previous || !continues(previous, message),
    });
    previous = message;
    previousDay = day;
  }
  return rows;
}

function continues(previous: ShownMessage, message: ShownMessage): boolean {
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

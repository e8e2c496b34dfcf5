/** Messages for tests. */
import type { TimelineMessageFragment } from '#lib/graphql/generated/graphql.ts';

/** The message with that number, as a page gives it; Ann's, unless it says otherwise. */
export function aMessage(
  seq: number,
  differing: Partial<TimelineMessageFragment> = {},
): TimelineMessageFragment {
  return {
    id: `m${seq}`,
    seq,
    cursor: `1.${seq}`,
    body: `message ${seq}`,
    idempotencyKey: `k${seq}`,
    createdAt: '2026-11-21T03:00:00.000Z',
    editedAt: null,
    deletedAt: null,
    isInRoom: true,
    author: { id: 'ann', username: 'ann', displayName: 'Ann', avatarUrl: null },
    replyTo: null,
    thread: null,
    replyCount: 0,
    lastReplyAt: null,
    lastRepliers: [],
    mentionScope: null,
    mentionedUsers: [],
    pinnedAt: null,
    pinnedBy: null,
    reactions: [],
    attachments: [],
    ...differing,
  };
}

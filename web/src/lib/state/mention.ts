import type { MentionsFragment } from '#lib/graphql/generated/graphql.ts';

/** Whether a message calls on the viewer, by name or with all, and is not their own. */
export function mentionsViewer(
  { author, mentionScope, mentionedUsers }: MentionsFragment & { author: { id: string } },
  viewerId: string,
): boolean {
  if (author.id === viewerId) return false;
  return mentionScope !== null || mentionedUsers.some(({ id }) => id === viewerId);
}

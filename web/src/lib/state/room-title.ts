import type { DirectMemberFragment, RoomTitleFragment } from '#lib/graphql/generated/graphql.ts';

export type TitledRoom = Pick<RoomTitleFragment, 'kind' | 'name'> & {
  directMembers: readonly Pick<DirectMemberFragment, 'id' | 'displayName'>[];
};

/** The people of direct messages but for the viewer; of notes to themselves, the viewer. */
export function othersOf<Person extends { id: string }>(
  { directMembers }: { directMembers: readonly Person[] },
  viewerId: string,
): readonly Person[] {
  const others = directMembers.filter(({ id }) => id !== viewerId);
  return others.length > 0 ? others : directMembers;
}

/** What a room is called on its own page: direct messages by the names of the others. */
export function titleOf(room: TitledRoom, viewerId: string): string {
  if (room.kind === 'ROOM') return room.name;
  const names = othersOf(room, viewerId).map(({ displayName }) => displayName);
  return room.directMembers.length === 1 ? `${names[0]} (you)` : names.join(', ');
}

/** The same within a text, where rooms bear their sign. */
export function labelOf(room: TitledRoom, viewerId: string): string {
  return room.kind === 'ROOM' ? `#${room.name}` : titleOf(room, viewerId);
}

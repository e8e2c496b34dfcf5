/** Finds people and rooms by their names, to be chosen from. */
import type { Api } from '#lib/graphql/api.ts';
import {
  PickedPersonDocument,
  PickedRoomDocument,
  PickPeopleDocument,
  PickRoomsDocument,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { person, room, type Cell } from './cells.ts';
import type { Refused } from './model.ts';

export interface Choice {
  id: string;
  name: string;
  cell: Cell;
}

const FRESH = { requestPolicy: 'network-only' } as const;

export async function findChoices(
  { client }: Api,
  kind: 'person' | 'room',
  search: string,
): Promise<readonly Choice[] | Refused> {
  const variables = { search: search.trim().replace(/^[@#]/, '') || null };
  if (kind === 'person') {
    const { data, error } = await client.query(PickPeopleDocument, variables, FRESH);
    if (error) return { refusal: refusalOf(error) };
    return (data?.administration.users.edges ?? []).map(({ node: { user } }) => ({
      ...{ id: user.id, name: user.displayName, cell: person(user) },
    }));
  }
  const { data, error } = await client.query(PickRoomsDocument, variables, FRESH);
  if (error) return { refusal: refusalOf(error) };
  return (data?.administration.rooms.edges ?? []).map(({ node }) => ({
    ...{ id: node.id, name: node.name, cell: room(node) },
  }));
}

/** What one is called of whom only the id is known; null where there is none. */
export async function nameOfChoice(
  { client }: Api,
  kind: 'person' | 'room',
  id: string,
): Promise<string | null> {
  if (kind === 'person') {
    const { data } = await client.query(PickedPersonDocument, { id });
    return data?.administration.user?.user.displayName ?? null;
  }
  const { data } = await client.query(PickedRoomDocument, { id });
  return data?.administration.room?.name ?? null;
}

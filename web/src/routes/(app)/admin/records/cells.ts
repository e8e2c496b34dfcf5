/** What stands in a table or in a list of facts, told apart by what it is rather than by how it looks. */
import type { RoomVisibility } from '#lib/graphql/generated/graphql.ts';

export interface PersonShown {
  id: string;
  username: string;
  displayName: string;
  avatarUrl?: string | null;
}

export interface RoomShown {
  id: string;
  name: string;
  icon: string | null;
  visibility: RoomVisibility;
  archivedAt: string | null;
}

export interface Tag {
  text: string;
  tone?: 'plain' | 'good' | 'alert';
}

export type Cell =
  | { kind: 'text'; text: string; isMono?: boolean }
  /** Nothing is there, or nothing that may be shown. */
  | { kind: 'none'; why: string }
  | { kind: 'person'; user: PersonShown }
  | { kind: 'people'; users: readonly PersonShown[] }
  | { kind: 'room'; room: RoomShown }
  | { kind: 'time'; at: string }
  | { kind: 'count'; count: number }
  | { kind: 'bytes'; bytes: number }
  | { kind: 'tags'; tags: readonly Tag[] }
  | { kind: 'link'; text: string; href: string }
  | { kind: 'picture'; src: string; alt: string }
  | { kind: 'changes'; changes: readonly Change[] };

export interface Change {
  what: string;
  before: string | null;
  after: string | null;
}

/** Stands where there is nothing. */
export const NOTHING = '–';

export const text = (value: string | null | undefined, why = NOTHING): Cell =>
  value ? { kind: 'text', text: value } : none(why);
export const mono = (value: string | null | undefined, why = NOTHING): Cell =>
  value ? { kind: 'text', text: value, isMono: true } : none(why);
export const none = (why = NOTHING): Cell => ({ kind: 'none', why });
export const person = (user: PersonShown | null | undefined): Cell =>
  user ? { kind: 'person', user } : none();
export const room = (one: RoomShown | null | undefined): Cell =>
  one ? { kind: 'room', room: one } : none();
export const time = (at: string | null | undefined, never = NOTHING): Cell =>
  at ? { kind: 'time', at } : none(never);
export const count = (value: number): Cell => ({ kind: 'count', count: value });
export const bytes = (value: number): Cell => ({ kind: 'bytes', bytes: value });
export const tags = (...all: readonly (Tag | false | null)[]): Cell => ({
  kind: 'tags',
  tags: all.filter((one): one is Tag => Boolean(one)),
});

/** What can be asked of the API, and what comes of it for everybody: the grammar of the tables beside this file. */
import type { AuditAction } from '../../audit/audit.ts';
import { outcomeOfOperation } from './asking.ts';
import type { Someone } from './cast.ts';
import type { Scene } from './scene.ts';

/** Where something is asked about. */
export type Place = 'PUBLIC' | 'RESTRICTED' | 'PRIVATE' | 'DIRECT' | 'SERVER';

/** How somebody stands to a room, in the order of the columns. The author of what is acted upon has blocked `blocked`. */
const IN_ROOM = [
  ...(['owner', 'moderator', 'member', 'blocked', 'timedOut'] as const),
  ...(['banned', 'stranger', 'administrator', 'serverOwner'] as const),
];
/** And to direct messages: `staff` is an administrator of the server who is one of the people. */
const IN_DIRECT = [
  ...(['member', 'staff', 'blocked'] as const),
  ...(['stranger', 'administrator', 'serverOwner'] as const),
];
/** And to the server, where it has nothing to do with any room. */
const ON_SERVER = ['member', 'blocked', 'administrator', 'serverOwner'] as const;

export const RELATIONS = {
  ...{ PUBLIC: IN_ROOM, RESTRICTED: IN_ROOM, PRIVATE: IN_ROOM },
  ...{ DIRECT: IN_DIRECT, SERVER: ON_SERVER },
} as const satisfies Record<Place, readonly string[]>;
export type Relation = (typeof RELATIONS)[Place][number];

/**
 * What comes of it, a letter for each of RELATIONS: `+` it is done or shown, `-` nothing is shown, else the
 * refusal: `F` FORBIDDEN, `N` NOT_FOUND, `U` UNAUTHENTICATED, `C` CONFLICT, `I` INVALID_INPUT. Those who belong to the room
 * come first and those who do not second; the last one is for nobody: whoever is logged out, deactivated, or banned from
 * the server, and pages of other origins with a cookie. Those with a `.` are not asked, since it is not about them.
 */
export type Outcomes = Partial<Record<Place, string>>;

/** One question, by one person in one way. */
export interface Asking {
  url: string;
  scene: Scene;
  /** Null for somebody who is logged out. */
  who: Someone | null;
  headers: Record<string, string>;
}

export interface Row {
  /** Such as `Mutation.sendMessage`, or `GET /files`. */
  field: string;
  outcomes: Outcomes;
  /** Gives the letter. */
  ask: (asking: Asking) => Promise<string>;
  /** Whether it changes something where it is done, so that nothing else is asked about the same things. */
  changes: boolean;
  /** What is kept of it for ever, once for each time that it is done. */
  deed?: AuditAction;
  /** Whether sessions of the one who asks end with it. */
  endsSessions?: boolean;
}

type More = Pick<Row, 'deed' | 'endsSessions'>;

/** About a room of which outsiders know, unless it is private: then it is for all of them as for the banned. */
export function room(outcomes: string, direct: string, others: Outcomes = {}): Outcomes {
  const [PUBLIC, RESTRICTED, PRIVATE] = [outcomes, outcomes, hide(outcomes)];
  return { PUBLIC, RESTRICTED, PRIVATE, DIRECT: direct, ...others };
}

/** About what is in a room: outsiders see that of public rooms only. */
export function contents(outcomes: string, direct: string, others: Outcomes = {}): Outcomes {
  return room(outcomes, direct, { RESTRICTED: hide(outcomes), ...others });
}

/** About what administrators do also in rooms that they do not see, without reading what is in them. */
export function anyRoom(outcomes: string, direct: string): Outcomes {
  const hidden = hide(outcomes).replace(/..( \S+)$/, '++$1');
  return room(outcomes, direct, { PRIVATE: hidden });
}

/** About the server, or oneself. */
export const server = (outcomes: string): Outcomes => ({ SERVER: outcomes });

function hide(outcomes: string): string {
  const [insiders, outsiders, nobody] = outcomes.split(' ');
  return `${insiders} ${outsiders![0]!.repeat(outsiders!.length)} ${nobody}`;
}

type Variables = (scene: Scene, who: Someone | null) => Record<string, unknown>;

/** A mutation, with its one input. */
export function mutation(name: string, input: Variables, outcomes: Outcomes, more: More = {}): Row {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { __typename } }`;
  const variables: Variables = (...of) => ({ input: input(...of) });
  return operation(`Mutation.${name}`, query, outcomes, variables, more);
}

/** An operation of any kind; its field says which. */
export function operation(
  field: string,
  query: string,
  outcomes: Outcomes,
  variables: Variables = () => ({}),
  more: More = {},
): Row {
  return {
    ...{ field, outcomes, changes: field.startsWith('Mutation.'), ...more },
    ask: ({ url, scene, who, headers }) =>
      outcomeOfOperation(url, query, variables(scene, who), headers),
  };
}

/** What may be done to records, as a model declares it and the one dialog asks for it. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import type { Api } from '#lib/graphql/api.ts';
import type { ServerRole, ViewerFragment } from '#lib/graphql/generated/graphql.ts';
import { refusalOf, type Refusal } from '#lib/graphql/refusal.ts';
import { BANS } from '../../rooms/[slug]/deeds.ts';

export type Values = Record<string, string>;

export type DeedField<R> = {
  /** As the API names it when it is at fault. */
  name: string;
  label: string;
  hint?: string;
  isRequired?: boolean;
  initial?(row: R): string;
} & (
  | { kind: 'text' | 'paragraph'; maxLength?: number }
  | { kind: 'number'; min?: number; max?: number }
  | { kind: 'choice'; options: readonly DeedOption[] }
  | { kind: 'select'; options: readonly DeedOption[] }
  | { kind: 'person' }
  | { kind: 'room' }
);

export interface DeedOption {
  value: string;
  label: string;
  hint?: string;
}

/** What is told once: a code or a link that is shown nowhere else. */
export interface Secret {
  label: string;
  value: string;
  hint: string;
}

export type Outcome = { refusal: Refusal } | { secret: Secret | null };

export interface Deed<R> {
  /** In menus and on buttons, with dots where it asks first. */
  label: string;
  isDanger?: boolean;
  /** Whether several may be done at once. */
  isBulk?: boolean;
  /** Whether it makes sense as things are, for this viewer. */
  fits?(row: R, me: ViewerFragment): boolean;
  title(rows: readonly R[]): string;
  /** What will happen. */
  says?: string;
  /** What is lost or changed by it, in the figures of the records. */
  loses?(rows: readonly R[]): readonly string[];
  fields?: readonly DeedField<R>[];
  /** What has to be typed so that it is meant. */
  typed?(row: R): string;
  submit: string;
  perform(api: Api, row: R, values: Values): Promise<Outcome>;
  /** Said once it is done. */
  done(rows: readonly R[]): string;
  /** Where to go when what it was done to is gone. */
  isEnd?: boolean;
}

/** A deed that is one mutation. */
export function mutates<R, Data, Input>(
  document: TypedDocumentNode<Data, { input: Input }>,
  input: (row: R, values: Values) => Input,
  tells?: (data: Data) => Secret,
): Deed<R>['perform'] {
  return async (api, row, values) => {
    const { data, error } = await api.client
      .mutation(document as DocumentInput<Data, AnyVariables>, { input: input(row, values) })
      .toPromise();
    if (error) return { refusal: refusalOf(error) };
    return { secret: data && tells ? tells(data) : null };
  };
}

const RANKS: Record<ServerRole, number> = { OWNER: 2, ADMINISTRATOR: 1, MEMBER: 0 };

/** The same order as the server's: it is the one that decides. */
export const outranks = (me: { role: ServerRole }, role: ServerRole): boolean =>
  RANKS[me.role] > RANKS[role];

/** “Ann”, or “3 people”. */
export const named = <R>(rows: readonly R[], nameOf: (row: R) => string, many: string): string =>
  rows.length === 1 ? nameOf(rows[0]!) : `${rows.length} ${many}`;

export const orNull = (value: string | undefined): string | null => value?.trim() || null;

/** For how long, in minutes; nothing is for good. */
export const lengthsOf = (
  lengths: readonly (readonly [label: string, minutes: number | null])[],
): readonly DeedOption[] =>
  lengths.map(([label, minutes]) => ({ label, value: minutes === null ? '' : `${minutes}` }));

/** The moment so many minutes from now; null for none. */
export const untilOf = (minutes: string | undefined): string | null =>
  minutes ? new Date(Date.now() + Number(minutes) * 60_000).toISOString() : null;

export const REASON = {
  name: 'reason',
  label: 'Reason',
  kind: 'text',
  hint: 'Optional. Those in charge see it.',
  maxLength: 300,
} as const;

/** What is filled in for a ban from the server, whose reason is told to the banned themselves. */
export const SERVER_BAN = [
  { ...REASON, hint: 'Optional. They are told when they try to log in.' },
  { name: 'until', label: 'For how long', kind: 'select', options: lengthsOf(BANS) },
] as const;

/** The same for a ban from a room. */
export const ROOM_BAN = [REASON, SERVER_BAN[1]] as const;

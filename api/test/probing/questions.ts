/**
 * Whatever the API can be asked with the ids and addresses of things that somebody may not see. Made from the schema, so that
 * what is added to it is asked as well.
 */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { schema } from '../../schema.ts';
import type { Clues } from './clues.ts';

export interface Question {
  /** Such as `Mutation.joinRoom(Room)`. */
  title: string;
  query: string;
  variables: (clues: Clues) => object;
}

/** What ends sessions or makes accounts, and names nothing. */
const LEFT_OUT = new Set(['login', 'register', 'logout']);

/** Types of which everybody sees all. */
const SEEN_BY_ALL = new Set(['User']);

/** Its fields take ids as those of the roots do. */
const ADMINISTRATION = {
  type: schema.getType('Administration') as GraphQLObjectType,
  root: schema.getQueryType()!,
};

/** What can be looked up by its id and is not everybody's. */
export const HIDDEN_NODES = schema
  .getPossibleTypes(schema.getType('Node') as never)
  .map(({ name }) => name)
  .filter((name) => !SEEN_BY_ALL.has(name));

/** Of what all ids of a question are; otherwise each is of its own. */
const IN_PLACE = ['own', 'Room', 'Message'];

/**
 * Each root field with ids of what it takes, and of rooms and messages in their place, and with each id alone among the
 * asker's own; each field of each kind of node, but of those of which the asker may see some.
 */
export function questions(own: Clues, cursor: string, seen: string[] = []): Question[] {
  const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!];
  const places = [...roots.map((type) => ({ type, root: type })), ADMINISTRATION];
  const fields = places.flatMap(({ type, root }) =>
    Object.values(type.getFields())
      .filter(({ name, args }) => args.some(takesClue) && !LEFT_OUT.has(name))
      .map((field) => ({ type, root, field })),
  );
  const nodes = HIDDEN_NODES.filter((name) => !seen.includes(name)).flatMap((name) => {
    const type = schema.getType(name) as GraphQLObjectType;
    return Object.values(type.getFields()).map((field) => ({ type, field }));
  });
  return [
    ...fields.flatMap((asked) => {
      const { field } = asked;
      const all = IN_PLACE.map((idType) => askRoot(asked, idType, (clues) => clues, cursor));
      const taken = idNamesOf(field.args);
      const alone = taken.length < 2 ? [] : taken;
      return [
        ...all,
        ...alone.map((name) => {
          const cluesFor = (clues: Clues, asked: string) => (asked === name ? clues : own);
          return askRoot(asked, `only ${name}`, cluesFor, cursor);
        }),
      ];
    }),
    ...nodes.map(({ type, field }) => askNode(type, field, cursor)),
    ...SEARCHES.map((search) => ({
      title: `search ${search('…', '…')}`,
      query: 'query ($query: String!) { searchMessages(query: $query) { edges { cursor } } }',
      variables: ({ slug, words }: Clues) => ({ query: search(slug, words) }),
    })),
    ...STARTS.map((length) => ({
      title: `the first ${length} letters`,
      query: `query ($start: String!, $room: String!) {
        rooms(search: $start) { edges { node { id } } } searchSuggestions(query: $room) { label }
      }`,
      variables: ({ slug }: Clues) => {
        const start = slug.slice(0, length);
        return { start, room: `in:${start}` };
      },
    })),
  ];
}

const SEARCHES: ((slug: string, words: string) => string)[] = [
  (slug) => `in:${slug}`,
  (slug, words) => `in:${slug} ${words}`,
  (_slug, words) => `from:ann ${words}`,
  (_slug, words) => words.slice(0, -2),
  (_slug, words) => `"${words}" has:image`,
  (slug) => `in:${slug} is:pinned`,
  (slug, words) => `-in:${slug} ${words}`,
];
const STARTS = [3, 5];

type Field = GraphQLField<unknown, unknown>;
type Asked = GraphQLArgument | GraphQLInputField;
/** Which clues an argument is filled with. */
type CluesFor = (clues: Clues, name: string) => Clues;

function askRoot(
  { type, root, field }: { type: GraphQLObjectType; root: GraphQLObjectType; field: Field },
  title: string,
  cluesFor: CluesFor,
  cursor: string,
): Question {
  const isNested = type !== root;
  const asked = field.args.filter((arg) => isRequiredArgument(arg) || isTelling(arg));
  const declared = asked.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  return {
    title: `${type.name}.${field.name}(${title})`,
    query:
      `${root.name.toLowerCase()} ${declared && `(${declared})`} { ` +
      `${isNested ? 'administration { ' : ''}${deeply(field, 2, passed(asked))}${isNested ? ' }' : ''} }`,
    variables: (clues) => valuesFor(asked, { clues, cluesFor, idType: title, cursor }),
  };
}

function askNode(type: GraphQLObjectType, field: Field, cursor: string): Question {
  const asked = field.args.filter(isRequiredArgument);
  const declared = ['$id: ID!', ...asked.map(({ name, type }) => `$${name}: ${type}`)].join(', ');
  const idType = type.name;
  return {
    title: `${type.name}.${field.name}`,
    query: `query (${declared}) { node(id: $id) { ... on ${idType} { ${deeply(field, 2, passed(asked))} } } }`,
    variables: (clues) => ({
      id: clues.ids[idType],
      ...valuesFor(asked, { clues, cluesFor: () => clues, idType, cursor }),
    }),
  };
}

const passed = (asked: readonly Asked[]) =>
  asked.length > 0 ? `(${asked.map(({ name }) => `${name}: $${name}`).join(', ')})` : '';

const isId = ({ type }: Asked) => getNamedType(type).name === 'ID';

/** Whether it may name something that is not to be seen. */
const isTelling = (asked: Asked) => isId(asked) || /^(slugs?|search|query|code)$/.test(asked.name);

/** Whether it is a clue, or has one in it: what has none says the same to everybody. */
function takesClue(asked: Asked): boolean {
  return isTelling(asked) || inputsOf(asked).some(takesClue);
}

function inputsOf({ type }: Asked): GraphQLInputField[] {
  const named = getNamedType(type);
  return isInputObjectType(named) ? Object.values(named.getFields()) : [];
}

/** The names of all that takes ids, but for those of people, whom everybody sees. */
function idNamesOf(asked: readonly Asked[]): string[] {
  return asked
    .flatMap((one) => (isId(one) ? [one.name] : idNamesOf(inputsOf(one))))
    .filter((name) => naturalType(name) !== 'User');
}

/** What an argument of that name is of; otherwise of what it says. */
function naturalType(name: string): string {
  const [, type] = NATURAL_TYPES.find(([pattern]) => pattern.test(name)) ?? [];
  return type ?? name[0]!.toUpperCase() + name.slice(1).replace(/Ids?$/, '');
}

const NATURAL_TYPES: [RegExp, string][] = [
  [/^id$|^roomId$|^afterId$/, 'Room'],
  [/^(message|thread|replyTo)Id$/, 'Message'],
  [/^(user|author|reporter|uploader|actor)Ids?$/, 'User'],
  [/^(file|attachment)Ids?$/, 'File'],
  [/^linkId$/, 'RoomLink'],
];

interface Filling {
  clues: Clues;
  cluesFor: CluesFor;
  /** What all ids are of; for what is no such type, each is of its own. */
  idType: string;
  cursor: string;
}

function valuesFor(asked: readonly Asked[], filling: Filling): Record<string, unknown> {
  return Object.fromEntries(asked.map((one) => [one.name, valueFor(one, filling)]));
}

function valueFor(asked: Asked, filling: Filling): unknown {
  const { clues, cluesFor, idType, cursor } = filling;
  const valueOf = (type: GraphQLInputType): unknown => {
    if (isNonNullType(type)) return valueOf(type.ofType);
    if (isListType(type)) return [valueOf(type.ofType)];
    if (isEnumType(type)) return type.getValues()[0]!.name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      return valuesFor(
        fields.filter((field) => isRequiredInputField(field) || isTelling(field)),
        filling,
      );
    }
    const named = cluesFor(clues, asked.name);
    switch (type.name) {
      case 'ID':
        return named.ids[idType] ?? named.ids[naturalType(asked.name)] ?? named.ids['Room'];
      case 'Int':
        return 1;
      case 'Boolean':
        return true;
      case 'DateTime':
        return '2026-11-21T00:00:00.000Z';
      default:
        return textFor(asked.name, named, cursor);
    }
  };
  return valueOf(asked.type);
}

function textFor(name: string, { slug, words, code }: Clues, cursor: string): string {
  if (/^slugs?$/.test(name)) return slug;
  if (/^(search|query)$/.test(name)) return words;
  if (name === 'code') return code;
  if (name === 'emoji') return '👍';
  return /cursor$/i.test(name) || name === 'after' ? cursor : 'x';
}

/** All that can be asked without a clue, one operation for each field: lists, counts, what is pending. */
export function listings(): string[] {
  const fields = Object.values(schema.getQueryType()!.getFields());
  const free = fields.filter(({ args }) => !args.some(isRequiredArgument));
  return free.map((field) => `{ ${deeply(field, DEPTH)} }`);
}

/** As deep as may be asked at once. */
const DEPTH = 3;

function deeply({ name, type }: Field, depth: number, args = ''): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return name + args;
  if (!isObjectType(named) || depth === 0) return `${name}${args} { __typename }`;
  const fields = Object.values(named.getFields()).filter(
    (field) => !field.args.some(isRequiredArgument) && !REFUSED.has(field.name),
  );
  return `${name}${args} { ${fields.map((field) => deeply(field, depth - 1)).join(' ')} }`;
}

/** What those who may not are refused, which would leave nothing of the rest. */
const REFUSED = new Set(['auditLog', 'reports', 'bans']);

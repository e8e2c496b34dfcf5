/**
 * Random selections over the schema as it is: fields and aliases, fragments of both kinds, directives
 * by variables, to a limited depth.
 */
import {
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
  validate,
} from 'graphql';
import type { Random } from '../api/test/random.ts';

export interface Selection {
  query: string;
  /** Whether a field of the viewer's own is in it: such as `viewerMembership`. */
  isPersonal: boolean;
}

const MOST_FIELDS = 5;
const DEPTH = 4;
/** What differs between viewers of the same thing. */
const PERSONAL = /^viewer/;
/** What its description says of a field that only some may ask for. */
const FOR_SOME = /Refuses with [^.]*FORBIDDEN/;

/** Which fields a selection may have. */
export type MayAsk = (field: GraphQLField<unknown, unknown>) => boolean;

/** A subscription of `field`, which takes `roomId` and `after`. */
export function randomSelection(
  schema: GraphQLSchema,
  field: 'messageAdded' | 'roomEvents',
  random: Random,
  mayAsk: MayAsk,
): Selection {
  for (;;) {
    const selection = createSelection(schema, field, random, mayAsk);
    if (validate(schema, parse(selection.query)).length === 0) return selection;
  }
}

function createSelection(
  schema: GraphQLSchema,
  field: string,
  random: Random,
  mayAsk: MayAsk,
): Selection {
  const fragments: string[] = [];
  let isPersonal = false;
  let names = 0;
  const oneIn = (many: number) => random.below(many) === 0;
  const directive = () =>
    oneIn(8)
      ? ' @include(if: $yes)'
      : oneIn(8)
        ? ' @skip(if: $no)'
        : oneIn(30)
          ? ' @skip(if: $yes)'
          : '';

  const selectField = ({ name, args, type }: GraphQLField<unknown, unknown>, depth: number) => {
    if (args.some(isRequiredArgument)) return null;
    const named = getNamedType(type);
    const isLeaf = isLeafType(named);
    if (!isLeaf && depth === 0) return null;
    if (PERSONAL.test(name)) isPersonal = true;
    const page = args.some((one) => one.name === 'first')
      ? `(${oneIn(2) ? 'first' : 'last'}: $few)`
      : '';
    // What two selections of the same name ask for may differ: each has a name of its own.
    const alias = page || !isLeaf || oneIn(4) ? `f${++names}: ` : '';
    return `${alias}${name}${page}${directive()}${isLeaf ? '' : ` ${select(named, depth - 1)}`}`;
  };

  function select(type: GraphQLNamedType, depth: number): string {
    const parts: string[] = oneIn(3) ? ['__typename'] : [];
    if (isAbstractType(type)) {
      const types: GraphQLNamedType[] = [...schema.getPossibleTypes(type)];
      const shared = schema.getType('RoomLogEntry')!;
      if (type.name === 'RoomEvent') types.push(shared, shared);
      for (const one of types) {
        if (oneIn(2)) parts.push(`... on ${one.name}${directive()} ${select(one, depth)}`);
      }
    }
    if ('getFields' in type && !('toConfig' in type && type.name.endsWith('Input'))) {
      const all = Object.values(type.getFields()) as GraphQLField<unknown, unknown>[];
      // For whom a field is refused there would be no payload at all.
      const fields = all.filter((one) => mayAsk(one) && !FOR_SOME.test(one.description ?? ''));
      for (let number = 0; fields.length > 0 && number <= random.below(MOST_FIELDS); number++) {
        const part = selectField(fields[random.below(fields.length)]!, depth);
        if (part) parts.push(part);
      }
    }
    const body = `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`;
    if (!isObjectType(type) || !oneIn(5)) return body;
    const name = `F${++names}`;
    fragments.push(`fragment ${name} on ${type.name} ${body}`);
    return oneIn(2) ? `{ ...${name}${directive()} __typename }` : `{ ... { ...${name} } }`;
  }

  const { type } = schema.getSubscriptionType()!.getFields()[field]!;
  const root = select(getNamedType(type), DEPTH);
  // The edge and its node are always asked for, or most would be empty.
  const edge = getNamedType(type) as GraphQLObjectType;
  const node = select(getNamedType(edge.getFields()['node']!.type), DEPTH);
  const body =
    `${field}(roomId: $roomId, after: $after) ` +
    `{ cursor node ${node} ... { ${root.slice(1, -1)} } }`;
  const variables = ['$roomId: ID!', '$after: String'];
  const rest = [body, ...fragments].join('\n');
  if (rest.includes('$yes')) variables.push('$yes: Boolean!');
  if (rest.includes('$no')) variables.push('$no: Boolean!');
  if (rest.includes('$few')) variables.push('$few: Int!');
  return {
    query: `subscription (${variables.join(', ')}) {\n${body}\n}\n${fragments.join('\n')}`,
    isPersonal,
  };
}

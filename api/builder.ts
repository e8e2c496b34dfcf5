/** The schema builder: plugins, scalars and conventions; the types are in the feature folders. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { getNamedType, GraphQLError, type GraphQLOutputType } from 'graphql';
import type { Context } from './context.ts';
import { ERROR_CODES, Refusal } from './errors.ts';
import type PrismaTypes from './generated/pothos.ts';
import { getDatamodel } from './generated/pothos.ts';
import './global-id.ts';
import { decodeNodeId, encodeNodeId } from './node-id.ts';
import { PAGE_DEFAULT_SIZE, PAGE_MAX_SIZE, type PageArguments } from './page.ts';
import SharingPlugin from './sharing.ts';

/** What one operation may ask for. The largest page of messages, with all of each, costs some 10,000. */
export const OPERATION_LIMITS = { depth: 14, breadth: 500, complexity: 20_000 };

export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number | bigint };
    DateTime: { Input: Date; Output: Date };
  };
}>({
  plugins: [ComplexityPlugin, PrismaPlugin, RelayPlugin, SharingPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
  complexity: {
    limit: OPERATION_LIMITS,
    fieldComplexity,
    complexityError: (kind) => {
      throw new Refusal('TOO_COMPLEX', `The operation asks for too much at once (${kind}).`);
    },
  },
  prisma: {
    client: (context) => context.app.db.prisma,
    dmmf: getDatamodel(),
    maxConnectionSize: PAGE_MAX_SIZE,
    defaultConnectionSize: PAGE_DEFAULT_SIZE,
    // Domain functions add their own includes.
    onUnusedQuery: null,
  },
  relay: {
    cursorType: 'String',
    encodeGlobalID: encodeNodeId,
    decodeGlobalID: (id) => {
      const { type, key } = decodeNodeId(id);
      return { typename: type, id: key };
    },
    idFieldOptions: { shared: true, description: 'Globally unique and opaque; `node` takes it.' },
    nodeTypeOptions: { description: 'Whatever can be fetched by its id.' },
    nodeQueryOptions: {
      description: 'Whatever has that id, or null where the viewer sees no such thing.',
      args: { id: { description: 'The `id` of a Node.' } },
      resolve: async (_root, { id }, _context, _info, resolveNode) =>
        (await resolveNode(id)) ?? null,
    },
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: 'Where a page of a connection stands in it.' },
    hasNextPageFieldOptions: { description: 'Whether something follows the page.' },
    hasPreviousPageFieldOptions: { description: 'Whether something precedes the page.' },
    startCursorFieldOptions: { description: 'The cursor of the page’s first edge.' },
    endCursorFieldOptions: { description: 'The cursor of the page’s last edge.' },
    pageInfoFieldOptions: { description: 'Where the page stands.' },
    cursorFieldOptions: {
      shared: true,
      description: 'The position of the edge; `after` and `before` take it.',
    },
    edgesFieldOptions: { nullable: false, description: 'What is on the page, in order.' },
    nodeFieldOptions: { shared: true, nullable: false, description: 'What stands there.' },
    firstArgOptions: {
      description: `How many from the start or past \`after\`; up to ${PAGE_MAX_SIZE}.`,
    },
    afterArgOptions: { description: 'Only what follows this cursor.' },
    lastArgOptions: {
      description: `How many from the end or before \`before\`; up to ${PAGE_MAX_SIZE}.`,
    },
    beforeArgOptions: { description: 'Only what precedes this cursor.' },
    defaultConnectionTypeOptions: { description: 'A page of a connection.' },
    defaultEdgeTypeOptions: { description: 'One thing of a connection, with its position.' },
  },
});

/** A connection costs as much as the page that is asked of it; the list of its edges costs no more. */
function fieldComplexity(
  { first, last }: PageArguments,
  _context: Context,
  { type }: { type: GraphQLOutputType },
) {
  const isConnection = getNamedType(type).name.endsWith('Connection');
  return { field: 1, multiplier: isConnection ? (first ?? last ?? PAGE_DEFAULT_SIZE) : 1 };
}

builder.queryType({ description: 'What can be read.' });
builder.mutationType({ description: 'What can be done; each by one `input`.' });
builder.subscriptionType({ description: 'What can be followed, over WebSocket or SSE.' });

/** What `Date` reads without guessing. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

builder.scalarType('DateTime', {
  description:
    'A moment by ISO 8601, in UTC with milliseconds, such as `2026-11-21T03:34:00.000Z`, of the years 1 to 9999. What is given may ' +
    'have another offset, and is midnight in UTC where it is a date alone.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: (value) => {
    const date = new Date(typeof value === 'string' && ISO_8601.test(value) ? value : Number.NaN);
    const year = date.getUTCFullYear();
    if (!(year >= 1 && year <= 9999)) {
      throw new GraphQLError(
        'A DateTime is text by ISO 8601, such as 2026-11-21T03:34:00Z, of the years 1 to 9999.',
      );
    }
    return date;
  },
});

builder.enumType('ErrorCode', {
  description: 'Why an operation was refused: the `code` in the `extensions` of an error.',
  values: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, description]) => [code, { description }]),
  ),
});

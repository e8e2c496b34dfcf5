/** How lists and single records are asked for. */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import type { Api } from '#lib/graphql/api.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { variablesOf, type ListState } from './list-state.ts';
import { pageOf, type Listed, type Model, type Refused, type Row } from './model.ts';

/** Always of now: what others did meanwhile is what an administrator looks for. */
const FRESH = { requestPolicy: 'network-only' } as const;

/** Each filter of a model says what it is in the schema: that fits the document is the model's business. */
export function listOf<N, R extends Row, Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  connection: (data: Data) => Parameters<typeof pageOf<N, R>>[0],
  rowOf: (node: N) => R,
): Model<R>['list'] {
  return async function list(
    this: Model<R>,
    { client }: Api,
    state: ListState,
  ): Promise<Listed<R>> {
    const { data, error } = await client.query(
      document as DocumentInput<Data, AnyVariables>,
      variablesOf(this, state),
      FRESH,
    );
    return error || !data ? { refusal: refusalOf(error!) } : pageOf(connection(data), rowOf);
  };
}

export function findOf<R extends Row, Data>(
  document: TypedDocumentNode<Data, { id: string }>,
  pick: (data: Data) => R | null,
): NonNullable<Model<R>['find']> {
  return async ({ client }: Api, id: string): Promise<R | null | Refused> => {
    const { data, error } = await client.query(
      document as DocumentInput<Data, AnyVariables>,
      { id },
      FRESH,
    );
    if (error) {
      const refusal = refusalOf(error);
      return refusal.code === 'NOT_FOUND' ? null : { refusal };
    }
    return data ? pick(data) : null;
  };
}

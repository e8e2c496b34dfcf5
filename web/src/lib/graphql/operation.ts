import { Client, fetchExchange, type AnyVariables, type OperationResult } from '@urql/core';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

/** One mutation of a form action: no cache, nothing live, gone with the request. */
export function mutate<Data, Variables extends AnyVariables>(
  fetch: typeof globalThis.fetch,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<OperationResult<Data, Variables>> {
  const client = new Client({
    url: '/graphql',
    fetch,
    preferGetMethod: false,
    exchanges: [fetchExchange],
  });
  return client.mutation(document, variables).toPromise();
}

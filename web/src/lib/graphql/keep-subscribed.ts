import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { AnyVariables, DocumentInput } from '@urql/core';
import { backoffMs } from '../../../../client/src/backoff.ts';
import type { Api } from './api.ts';
import { refusalOf } from './refusal.ts';

/** To these a later try would be answered the same. */
const FINAL = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'INVALID_INPUT'];

/**
 * Follows what has no cursor: each result stands for itself. The transport survives the losses of the
 * socket; what the server refuses for now is asked again. Gives the function that stops it.
 */
export function keepSubscribed<Data, Variables extends AnyVariables>(
  api: Api,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  take: (data: Data) => void,
): () => void {
  let stopped = false;
  let attempt = 0;
  let subscription: { unsubscribe(): void } | undefined;
  const start = () => {
    if (stopped) return;
    subscription = api.client
      .subscription(document as DocumentInput<Data, Variables>, variables)
      .subscribe(({ data, error }) => {
        if (error) void recover(refusalOf(error).code);
        else if (data) {
          attempt = 0;
          take(data);
        }
      });
  };
  const recover = async (code: string) => {
    subscription?.unsubscribe();
    if (FINAL.includes(code)) return;
    await api.wakeup?.sleep(backoffMs(attempt++));
    start();
  };
  start();
  return () => {
    stopped = true;
    subscription?.unsubscribe();
  };
}

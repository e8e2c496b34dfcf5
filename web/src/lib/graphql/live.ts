import type { SubscriptionForwarder } from '@urql/core';
import type { Sink, Transport } from '../../../../client/src/transport.ts';

/** Runs urql's subscriptions over the client's socket, which resumes each from its cursor. */
export function forwardTo(transport: Transport): SubscriptionForwarder {
  return ({ query = '', operationName, variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: transport.subscribe(
        { query, operationName, variables: variables as object | undefined },
        sink as Sink,
      ),
    }),
  });
}

/**
 * The position of a subscription, kept where the transport finds it when it has to subscribe again: graphql-ws
 * sends the same payload object after every reconnection, so moving `variables.after` along with each event is all
 * it takes to go on without loss or repetition.
 */
export interface ResumablePayload {
  query: string;
  operationName?: string | undefined;
  variables: Record<string, unknown>;
}

/** A payload of its own for one subscription, so that moving its cursor touches nobody else's variables. */
export function resumable(request: {
  query?: string | undefined;
  operationName?: string | undefined;
  variables?: unknown;
}): ResumablePayload {
  return {
    query: request.query ?? '',
    operationName: request.operationName,
    variables: { ...(request.variables as Record<string, unknown> | undefined) },
  };
}

/** Moves the payload's cursor to that of the edge which just arrived; results without a cursor leave it alone. */
export function advance(payload: ResumablePayload, data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  for (const edge of Object.values(data)) {
    const cursor = (edge as { cursor?: unknown } | null)?.cursor;
    if (typeof cursor === 'string') payload.variables.after = cursor;
  }
}

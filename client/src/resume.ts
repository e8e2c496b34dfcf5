/** A subscription as it is asked for. */
export interface Resumable {
  query: string;
  operationName?: string | undefined;
  variables?: object | undefined;
}

/** The same with variables of its own, which are sent anew after every loss. */
export interface ResumablePayload {
  query: string;
  operationName?: string | undefined;
  variables: Record<string, unknown>;
}

/** A payload of its own for one subscription, so that moving its cursor touches nobody else's variables. */
export function resumable({ query, operationName, variables }: Resumable): ResumablePayload {
  return { query, operationName, variables: { ...variables } };
}

/** Moves the payload's cursor to that of the edge which just arrived; results without a cursor leave it alone. */
export function advance(payload: ResumablePayload, data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  for (const edge of Object.values(data)) {
    const cursor = (edge as { cursor?: unknown } | null)?.cursor;
    if (typeof cursor === 'string') payload.variables.after = cursor;
  }
}

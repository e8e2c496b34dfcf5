/**
 * The part of a room's history that is held and shown: a contiguous run of messages, oldest first. It is bounded, so
 * that neither the page nor its memory grows with the history: what is far from what is being read is let go and
 * fetched again on the way back.
 */
import type { TimelineEdgeFragment } from '#lib/graphql/generated/graphql.ts';

export type Edge = TimelineEdgeFragment;

/** More than fills a tall screen several times over, few enough to lay out in a frame. */
export const WINDOW_SIZE = 250;

/** The run with more messages in it, each once, in the room's order; a later version of a message replaces it. */
export function merge(edges: readonly Edge[], incoming: readonly Edge[]): readonly Edge[] {
  if (incoming.length === 0) return edges;
  const last = edges.at(-1)?.node.seq ?? -1;
  const follows = incoming.every(
    (edge, index) => edge.node.seq > (incoming[index - 1]?.node.seq ?? last),
  );
  if (follows) return [...edges, ...incoming];

  const bySeq = new Map(edges.map((edge) => [edge.node.seq, edge]));
  for (const edge of incoming) bySeq.set(edge.node.seq, edge);
  return [...bySeq.values()].sort((a, b) => a.node.seq - b.node.seq);
}

/** Keeps the newest messages of a run, for a reader at its end. */
export function keepNewest(edges: readonly Edge[], size = WINDOW_SIZE): readonly Edge[] {
  return edges.length > size ? edges.slice(-size) : edges;
}

/** Keeps the oldest messages of a run, for a reader who pages upwards. */
export function keepOldest(edges: readonly Edge[], size = WINDOW_SIZE): readonly Edge[] {
  return edges.length > size ? edges.slice(0, size) : edges;
}

const FIRST_MS = 250;
const CAP_MS = 10_000;

/**
 * How long to wait before try number `attempt` (from 0): exponential, capped, with full jitter so that the browsers
 * of a restarted server do not return at the same moment
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return ceiling / 4 + random() * ceiling * 0.75;
}

import type { Step } from './plan.ts';

/** Transcripts tell the time to the minute: what they give one time is spread over it. */
const RESOLUTION_MS = 60_000;

/**
 * When each step is due, in milliseconds from the start. Between two parts of the transcript no time
 * passes.
 * @param speed how many times faster than it was; Infinity makes all due at once
 */
export function dueTimes(steps: Step[], speed: number): number[] {
  const due: number[] = [];
  let startMs = 0;
  for (let first = 0; first < steps.length;) {
    const { part, atMs } = steps[first]!.line;
    const isTogether = ({ line }: Step) => line.part === part && line.atMs === atMs;
    let next = first + 1;
    while (next < steps.length && isTogether(steps[next]!)) next++;
    const following = steps[next]?.line;
    const gapMs = following?.part === part ? Math.max(following.atMs - atMs, 0) : RESOLUTION_MS;
    const spreadMs = Math.min(gapMs, RESOLUTION_MS);
    for (let index = first; index < next; index++) {
      due.push((startMs + ((index - first) / (next - first)) * spreadMs) / speed);
    }
    startMs += gapMs;
    first = next;
  }
  return due;
}

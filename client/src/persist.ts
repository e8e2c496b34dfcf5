import { backoffMs } from './backoff.ts';
import { isPassing, type ParleyError } from './error.ts';
import type { Wakeup } from './wakeup.ts';

/**
 * Tries until it is answered, for ever, while what fails may pass: the server is not reached, is not available, or asks
 * to wait. Rejects with any other refusal, and with the signal's reason once it is aborted.
 */
export async function persist<T>(
  attempt: () => Promise<T> | T,
  wakeup: Wakeup,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pauseAfter(error as ParleyError, failures, wakeup, signal);
    }
  }
}

/** Waits what the server asks for, whoever hopes, and then as long as after so many failures. */
export async function pauseAfter(
  { retryAfterMs = 0 }: ParleyError,
  failures: number,
  wakeup: Wakeup,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + retryAfterMs;
  for (let left = retryAfterMs; left > 0 && !signal.aborted; left = until - performance.now()) {
    await wakeup.sleep(left, signal);
  }
  await wakeup.sleep(backoffMs(failures), signal);
}

/** Waiting for what others do: a condition is looked at whenever it is told that something happened. */
export interface Signals {
  /** Resolves once `isMet`; rejects once all has failed. */
  when(isMet: () => boolean): Promise<void>;
  /** Something happened that somebody may wait for. */
  tell(): void;
  /** Nothing more will come: whoever waits is told why. */
  fail(error: unknown): void;
}

export function createSignals(): Signals {
  const failure = Promise.withResolvers<never>();
  // Whoever waits is told; nobody may be waiting.
  failure.promise.catch(() => {});
  let waiting: { isMet: () => boolean; resolve: () => void }[] = [];
  return {
    when(isMet) {
      const met = new Promise<void>((resolve) => {
        if (isMet()) resolve();
        else waiting.push({ isMet, resolve });
      });
      return Promise.race([met, failure.promise]);
    },
    tell() {
      const met = waiting.filter(({ isMet }) => isMet());
      if (met.length === 0) return;
      waiting = waiting.filter((one) => !met.includes(one));
      for (const { resolve } of met) resolve();
    },
    fail: (error) => failure.reject(error),
  };
}

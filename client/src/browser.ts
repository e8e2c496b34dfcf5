/** What a browser tells of its network and its page; in Node there is neither. */
interface Surroundings {
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void;
  document?: {
    readonly visibilityState: string;
    addEventListener(type: string, listener: () => void, options: { signal: AbortSignal }): void;
  };
}

export const surroundings = globalThis as unknown as Surroundings;

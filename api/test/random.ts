/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number;
  /** `count` whole numbers from 0 to `limit` − 1, in rising order. */
  moments(count: number, limit: number): number[];
}

/** Mulberry32, by Tommy Ettinger: good enough to choose when something breaks. */
export function seeded(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    moments: (count, limit) =>
      Array.from({ length: count }, () => below(limit)).sort((a, b) => a - b),
  };
}

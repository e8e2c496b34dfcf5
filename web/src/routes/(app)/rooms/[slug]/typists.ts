/** Who types, and how it goes on: “Ann and Bob” and “are typing”. */
export function wordTypists(names: readonly string[], totalCount: number): [string, string] {
  if (totalCount > 3) return ['Several people', 'are typing'];
  const [last, ...others] = [...names].reverse();
  if (others.length === 0) return [last ?? '', 'is typing'];
  return [`${others.reverse().join(', ')} and ${last}`, 'are typing'];
}

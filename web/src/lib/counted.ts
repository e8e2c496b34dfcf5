/** Such as “1 person” and “1,204 people”. */
export const counted = (
  count: number,
  [one, many]: readonly [one: string, many: string],
  locale = 'en',
): string => `${count.toLocaleString(locale)} ${count === 1 ? one : many}`;

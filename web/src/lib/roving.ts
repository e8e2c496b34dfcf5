/** The element that an arrow key, Home or End leads to from one of several that share a tab stop. */
export function nextOf<Item extends HTMLElement>(
  key: string,
  items: readonly Item[],
  current: Item,
): Item | undefined {
  const index = items.indexOf(current);
  switch (key) {
    case 'ArrowUp':
      return items[index - 1];
    case 'ArrowDown':
      return items[index + 1];
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
    default:
      return undefined;
  }
}

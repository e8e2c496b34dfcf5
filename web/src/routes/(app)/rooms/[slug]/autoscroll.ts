/** What of an element decides where it is scrolled to. */
export interface ScrollMetrics {
  scrollTop: number;
  scrollHeight: number;
  clientHeight: number;
}

const STICK_PX = 100;

/** Whether a reader is so near the end that new messages should come into view by themselves. */
export function isAtEnd({ scrollTop, scrollHeight, clientHeight }: ScrollMetrics): boolean {
  return scrollHeight - clientHeight - scrollTop < STICK_PX;
}

/** Whether the edge of what is loaded is near: a screen and a half, so that paging is seldom seen. */
export function isNearTop({ scrollTop, clientHeight }: ScrollMetrics): boolean {
  return scrollTop < clientHeight * 1.5;
}

export function isNearBottom({ scrollTop, scrollHeight, clientHeight }: ScrollMetrics): boolean {
  return scrollHeight - clientHeight - scrollTop < clientHeight * 1.5;
}

/**
 * The first item whose lower edge is below `top`, by bisection: thousands of items cost a dozen measurements.
 * @param bottomOf the lower edge of an item, growing with its index
 * @returns an index, or −1 where there is none
 */
export function firstBelow(
  count: number,
  top: number,
  bottomOf: (index: number) => number,
): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bottomOf(middle) > top) high = middle;
    else low = middle + 1;
  }
  return low < count ? low : -1;
}

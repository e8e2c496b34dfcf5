/**
 * Keeps what is being read where it is, whatever is added, removed or resized around it, and keeps a reader at the
 * end at the end. It owns the viewport's scroll position: the browser's own anchoring is off (`overflow-anchor:
 * none`), since Safari has none and two of them would correct each other. The position is noted at every scroll and
 * put back, before painting, whenever content or viewport change size.
 */
import type { ReadingPosition } from '#lib/state/reading-position.ts';
import { firstBelow, isAtEnd } from './autoscroll.ts';

export class ScrollKeeper {
  #viewport: HTMLElement;
  #content: HTMLElement;
  #noted: (position: ReadingPosition) => void;
  #position: ReadingPosition;
  #observer: ResizeObserver;
  /** Where the end was when it was last scrolled to. */
  #restoredTop = 0;

  /** @param noted is told the position after every scroll */
  constructor(
    viewport: HTMLElement,
    content: HTMLElement,
    position: ReadingPosition,
    noted: (position: ReadingPosition) => void,
  ) {
    this.#viewport = viewport;
    this.#content = content;
    this.#position = position;
    this.#noted = noted;
    this.#observer = new ResizeObserver(() => this.restore());
    this.#observer.observe(viewport);
    this.#observer.observe(content);
    this.restore();
  }

  close(): void {
    this.#observer.disconnect();
  }

  /** Call on every scroll event. Gives whether the reader is at the end. */
  note(): boolean {
    // A scroll event of our own may come when more has been added since; only who scrolls up leaves the end.
    const stays = this.#position === 'end' && this.#viewport.scrollTop >= this.#restoredTop - 1;
    this.#position = stays || isAtEnd(this.#viewport) ? 'end' : this.#anchor();
    this.#noted(this.#position);
    return this.#position === 'end';
  }

  /** Scrolls to the end and stays there. */
  toEnd(): void {
    this.#position = 'end';
    this.#noted('end');
    this.restore();
  }

  /** Scrolls to an item, a third of the way down, and stays there. */
  reveal(key: string): void {
    const height = this.#find(key)?.offsetHeight ?? 0;
    this.resume({ key, offset: Math.round(this.#viewport.clientHeight / 3) + height });
  }

  /** Takes up another position, where an item is there. */
  resume(position: ReadingPosition): void {
    this.#position = position;
    this.#noted(position);
    this.restore();
  }

  /** The key of the last item that shows to its end; undefined where there is none. */
  lastShown(): string | undefined {
    const { bottom } = this.#viewport.getBoundingClientRect();
    const items = this.#items();
    const below = firstBelow(items.length, bottom, (i) => items[i]!.getBoundingClientRect().bottom);
    return items.at(below === -1 ? -1 : Math.max(below - 1, 0))?.dataset.key;
  }

  /** Puts the position back; also right after a change, where waiting for the observer would be too late. */
  restore(): void {
    const position = this.#position;
    if (position === 'end') {
      this.#viewport.scrollTop = this.#viewport.scrollHeight;
      this.#restoredTop = this.#viewport.scrollTop;
      return;
    }
    const item = this.#find(position.key);
    if (!item) return;
    const offset = item.getBoundingClientRect().bottom - this.#viewport.getBoundingClientRect().top;
    const correction = Math.round(offset - position.offset);
    if (correction !== 0) this.#viewport.scrollTop += correction;
  }

  #anchor(): ReadingPosition {
    const { top } = this.#viewport.getBoundingClientRect();
    const items = this.#items();
    const index = firstBelow(items.length, top, (i) => items[i]!.getBoundingClientRect().bottom);
    const item = items[index];
    if (!item?.dataset.key) return 'end';
    return { key: item.dataset.key, offset: item.getBoundingClientRect().bottom - top };
  }

  #find(key: string): HTMLElement | undefined {
    return this.#items().find((element) => element.dataset.key === key);
  }

  #items(): HTMLElement[] {
    return [...this.#content.querySelectorAll<HTMLElement>('[data-key]')];
  }
}

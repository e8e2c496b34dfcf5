import type { Attachment } from 'svelte/attachments';

const HOLD_MS = 450;
const MAX_DRIFT_PX = 10;

/**
 * Tells of a finger that has rested on an element, as phones open a menu by it. It tells once the finger is lifted: what
 * opens under a finger is closed by its lifting, which browsers take for a press beside it.
 */
export function longPress(pressed: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let start = { x: 0, y: 0 };
    let held = false;
    const end = new AbortController();
    const { signal } = end;
    const cancel = () => {
      clearTimeout(timer);
      held = false;
    };
    const hold = () => {
      held = true;
      navigator.vibrate?.(10);
    };
    const lift = () => {
      clearTimeout(timer);
      if (held) setTimeout(pressed);
    };
    /** Neither the browser's own menu is meant, nor a click on what lies, or opens, under the finger. */
    const swallow = (event: Event) => {
      if (!held) return;
      event.preventDefault();
      event.stopPropagation();
    };
    element.addEventListener(
      'pointerdown',
      (event) => {
        cancel();
        if (event.pointerType !== 'touch') return;
        start = { x: event.clientX, y: event.clientY };
        timer = setTimeout(hold, HOLD_MS);
      },
      { signal, passive: true },
    );
    element.addEventListener(
      'pointermove',
      ({ clientX, clientY }) => {
        if (Math.hypot(clientX - start.x, clientY - start.y) > MAX_DRIFT_PX) cancel();
      },
      { signal, passive: true },
    );
    for (const type of ['pointerup', 'pointercancel'] as const) {
      element.addEventListener(type, lift, { signal, passive: true });
    }
    for (const type of ['touchend', 'contextmenu'] as const) {
      element.addEventListener(type, swallow, { signal, capture: true, passive: false });
    }
    return () => {
      cancel();
      end.abort();
    };
  };
}

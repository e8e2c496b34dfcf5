import type { Attachment } from 'svelte/attachments';

const HOLD_MS = 450;
const MAX_DRIFT_PX = 10;

/** Tells of a finger that rests on an element, as phones open a menu by it. */
export function longPress(pressed: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let start = { x: 0, y: 0 };
    const end = new AbortController();
    const listen = { signal: end.signal, passive: true };
    const cancel = () => clearTimeout(timer);
    element.addEventListener(
      'pointerdown',
      (event) => {
        cancel();
        if (event.pointerType !== 'touch') return;
        start = { x: event.clientX, y: event.clientY };
        timer = setTimeout(pressed, HOLD_MS);
      },
      listen,
    );
    element.addEventListener(
      'pointermove',
      ({ clientX, clientY }) => {
        if (Math.hypot(clientX - start.x, clientY - start.y) > MAX_DRIFT_PX) cancel();
      },
      listen,
    );
    for (const type of ['pointerup', 'pointercancel'] as const) {
      element.addEventListener(type, cancel, listen);
    }
    return () => {
      cancel();
      end.abort();
    };
  };
}

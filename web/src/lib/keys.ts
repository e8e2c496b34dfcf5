import { browser } from '$app/env';

const isApple = browser && /Mac|iPhone|iPad/.test(navigator.platform);

/** The key that gives commands, as its keyboard has it written on it. */
export const COMMAND_KEY = isApple ? '⌘' : 'Ctrl';
export const ALT_KEY = isApple ? '⌥' : 'Alt';

/** Whether that key is held, and no other that changes what a key means but Shift where `shift` says so. */
export function isCommand(event: KeyboardEvent, shift = false): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey } = event;
  return ctrlKey !== metaKey && !altKey && shiftKey === shift && !event.isComposing;
}

import type { Press } from '../composing.ts';
import type { Format } from './edits.ts';

/** Ctrl, or Cmd, with a letter; `true` with Shift. By what the key writes, as layouts differ in where it lies. */
const SHORTCUTS: Record<string, Format> = {
  'b false': 'bold',
  'i false': 'italic',
  'e false': 'code',
  'x true': 'strike',
};

/**
 * The format that a key press asks for. Ctrl+K is a link's only where something is selected; else it is the whole page's.
 */
export function formatOf(press: Press, hasSelection: boolean): Format | null {
  if (!(press.ctrlKey || press.metaKey) || press.altKey || press.isComposing) return null;
  const key = press.key.toLowerCase();
  if (key === 'k' && !press.shiftKey) return hasSelection ? 'link' : null;
  return SHORTCUTS[`${key} ${press.shiftKey}`] ?? null;
}

import type { Edit } from './edits.ts';

/**
 * Changes the text of a field as typing would, so that undoing knows of it. Setting the value would empty the history of
 * changes, and `setRangeText` leave it out; the deprecated command is what browsers have for this, and there is no other.
 */
export function applyEdit(field: HTMLTextAreaElement, edit: Edit): void {
  const { from, to, insert, start, end } = edit;
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);
  const done = document.execCommand(insert ? 'insertText' : 'delete', false, insert);
  if (!done) {
    field.setRangeText(insert, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
  }
  field.setSelectionRange(start, end);
}

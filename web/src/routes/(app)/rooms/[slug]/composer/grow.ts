import { tick } from 'svelte';

/** Makes a field as high as its text, once that is in it; its style sheet sets the cap. */
export async function grow(field: () => HTMLTextAreaElement | undefined): Promise<void> {
  await tick();
  const element = field();
  if (!element) return;
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}

import { MediaQuery } from 'svelte/reactivity';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Search } from './search.svelte.ts';

/**
 * Where the search stands, on whatever page: beside it where there is room for three columns, and from then on
 * beside the next ones; else over it, as a step of the history that going back takes back.
 */
export function searchPlace(search: Search) {
  const wide = new MediaQuery('(min-width: 1100px)', false);
  const shown = $derived(Boolean(page.state.search) || (wide.current && search.isOpen));

  return {
    /** Whether a page that has no panels of its own shows it. */
    get shown() {
      return shown && !page.data.room;
    },
    /** Opens it; where it is open, its field gets the focus. */
    open() {
      if (search.focusField) return search.focusField();
      const hasStep = Object.keys(page.state).length > 0;
      const isTaken = hasStep || Boolean(page.data.target?.threadId);
      if (wide.current && !isTaken) search.open();
      else void goto('', { state: { search: true }, shallow: true, replace: hasStep });
    },
    close() {
      search.close();
      if (page.state.search) history.back();
    },
  };
}

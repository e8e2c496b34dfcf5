import { MediaQuery } from 'svelte/reactivity';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Preferences } from '#lib/state/preferences.svelte.ts';
import type { Search } from '../../search/search.svelte.ts';

export type Panel =
  { kind: 'details' | 'search' | 'pins' | 'reports' } | { kind: 'thread'; id: string };

export interface SidePanelParts {
  preferences: Preferences;
  search: Search;
  openSearch: () => void;
  /** Of the room. */
  slug: () => string;
}

/**
 * What stands in the third column. It is a step of the history, so that going back closes it; but for the details and the
 * search where there is room for three columns: there they stay open from room to room.
 */
export function sidePanel({ preferences, search, openSearch, slug }: SidePanelParts) {
  const wide = new MediaQuery('(min-width: 1100px)', false);
  const hasStep = $derived(Object.keys(page.state).length > 0);
  const shown: Panel | null = $derived.by(() => {
    const { thread, pins, reports, details, search: searching } = page.state;
    if (thread) return { kind: 'thread', id: thread };
    if (pins) return { kind: 'pins' };
    if (reports) return { kind: 'reports' };
    if (details) return { kind: 'details' };
    if (searching) return { kind: 'search' };
    // The address of a reply leads into its thread.
    if (page.data.target?.threadId) return { kind: 'thread', id: page.data.target.threadId };
    if (wide.current && search.isOpen) return { kind: 'search' };
    return wide.current && preferences.detailsPinned ? { kind: 'details' } : null;
  });

  /** One that takes the place of another is no further step. */
  function open(state: App.PageState) {
    void goto('', { state, shallow: true, replace: hasStep });
  }

  function close() {
    if (shown?.kind === 'search') search.close();
    if (hasStep) history.back();
    else if (page.data.target?.threadId) void goto(`/rooms/${slug()}`, { replace: true });
    else if (shown?.kind === 'details') preferences.detailsPinned = false;
  }

  return {
    get shown() {
      return shown;
    },
    /** Whether it hides what is said in the room. */
    get covers() {
      return shown !== null && !wide.current;
    },
    /** What keeps it open on a further page of the room. */
    get state(): App.PageState {
      return $state.snapshot(page.state);
    },
    open,
    close,
    toggleReports: () => (shown?.kind === 'reports' ? close() : open({ reports: true })),
    togglePins: () => (shown?.kind === 'pins' ? close() : open({ pins: true })),
    toggleDetails() {
      if (shown?.kind === 'details') close();
      else if (hasStep || !wide.current) open({ details: true });
      else {
        // The one takes the other's place.
        search.close();
        preferences.detailsPinned = true;
      }
    },
    toggleSearch: () => (shown?.kind === 'search' ? close() : openSearch()),
  };
}

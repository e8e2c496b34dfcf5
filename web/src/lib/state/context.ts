import { createContext } from 'svelte';
import type { Api } from '#lib/graphql/api.ts';
import type { Clock } from './clock.svelte.ts';
import type { Preferences } from './preferences.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** What the root layout owns and every page may use. */
export interface AppContext {
  readonly api: Api;
  readonly clock: Clock;
  readonly preferences: Preferences;
  readonly toasts: Toasts;
}

export const [getApp, setApp] = createContext<AppContext>();

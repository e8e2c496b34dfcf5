import { error } from '@sveltejs/kit';
import { browser } from '$app/env';
import { createApi } from '#lib/graphql/api.ts';
import { ViewerDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { LayoutLoad } from './$types';

/**
 * Runs again only when everything does (`refreshAll`, after logging in or out), so the API client and its cache live
 * exactly as long as the session they belong to.
 */
export const load: LayoutLoad = async ({ fetch, data }) => {
  const api = createApi(fetch, browser);
  const result = await api.client.query(ViewerDocument, {});
  if (result.error || !result.data) {
    api.close();
    error(503, {
      message: 'Parley can’t be reached',
      hint: result.error ? refusalOf(result.error).message : 'Try again in a moment.',
    });
  }
  return { ...data, api, me: result.data.me, server: result.data.server };
};

import { error } from '@sveltejs/kit';
import { ThreadsDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { PAGE_SIZE } from './followed-threads.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api } = await parent();
  const variables = { first: PAGE_SIZE, after: null };
  const { data, error: failure } = await api.client.query(ThreadsDocument, variables, {
    requestPolicy: 'network-only',
  });
  if (!data) {
    const hint = failure && refusalOf(failure).message;
    error(503, { message: 'The threads could not be loaded', ...(hint && { hint }) });
  }
  return { threads: data.threads };
};

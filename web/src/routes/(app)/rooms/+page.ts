import { error } from '@sveltejs/kit';
import { DirectoryDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { PageLoad } from './$types';

/** The first page of the directory, or of what a search in it finds. */
export const load: PageLoad = async ({ parent, url }) => {
  const { api } = await parent();
  const search = url.searchParams.get('search')?.trim() || null;
  const archived = url.searchParams.has('archived');
  const result = await api.client.query(
    DirectoryDocument,
    { search, archived },
    // What others created or left meanwhile should show, without waiting for it.
    { requestPolicy: 'cache-and-network' },
  );
  if (result.error) {
    const { message } = refusalOf(result.error);
    error(503, { message: 'The rooms could not be listed', hint: message });
  }
  return { search, archived };
};

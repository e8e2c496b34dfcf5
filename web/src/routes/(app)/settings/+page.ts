import { error } from '@sveltejs/kit';
import { SessionsDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  const { api } = await parent();
  const result = await api.client.query(
    SessionsDocument,
    {},
    { requestPolicy: 'cache-and-network' },
  );
  if (result.error) {
    const { message } = refusalOf(result.error);
    error(503, { message: 'The settings could not be opened', hint: message });
  }
};

import { error } from '@sveltejs/kit';
import { AdminSettingsDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('parley:admin');
  const { api } = await parent();
  const { data, error: failure } = await api.client.query(
    AdminSettingsDocument,
    {},
    { requestPolicy: 'network-only' },
  );
  if (failure || !data) {
    const { message } = refusalOf(failure!);
    error(503, { message: 'The settings could not be opened', hint: message });
  }
  return { settings: data.administration.settings };
};

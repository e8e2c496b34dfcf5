import { error } from '@sveltejs/kit';
import { RoomLinkDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { PageLoad } from './$types';

/** The room to which the link leads; null where it leads nowhere. */
export const load: PageLoad = async ({ parent, params }) => {
  const { api } = await parent();
  const { data, error: failure } = await api.client.query(
    RoomLinkDocument,
    { code: params.code },
    { requestPolicy: 'network-only' },
  );
  if (failure) {
    const { message } = refusalOf(failure);
    error(503, { message: 'The link could not be looked up', hint: message });
  }
  return { room: data?.roomLink ?? null };
};

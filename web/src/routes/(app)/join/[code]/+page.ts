import { RoomLinkDocument } from '#lib/graphql/generated/graphql.ts';
import type { PageLoad } from './$types';

/** The room to which the link leads; null where it leads nowhere. */
export const load: PageLoad = async ({ parent, params }) => {
  const { api } = await parent();
  const { data } = await api.client.query(
    RoomLinkDocument,
    { code: params.code },
    { requestPolicy: 'network-only' },
  );
  return { room: data?.roomLink ?? null };
};

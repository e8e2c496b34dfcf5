import { error } from '@sveltejs/kit';
import type { RequestPolicy } from '@urql/core';
import {
  FirstUnreadDocument,
  RoomDocument,
  RoomHeaderDocument,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import { isSlug } from '#lib/slug.ts';
import type { LayoutLoad } from './$types';

/** The room with its newest page; `closed` where the viewer only knows of it; neither where there is none and the page offers to create it. */
export const load: LayoutLoad = async ({ parent, params, depends }) => {
  depends('parley:room');
  const { api, server } = await parent();
  if (!isSlug(params.slug, server.limits.roomSlugMaxLength)) {
    error(404, { message: 'There is nothing here', hint: 'No room can have such an address.' });
  }
  const find = (policy: RequestPolicy) =>
    api.client.query(RoomDocument, { slug: params.slug }, { requestPolicy: policy });
  // Where it is to be opened is of now, also where the room is remembered.
  const unread = api.client.query(
    FirstUnreadDocument,
    { slug: params.slug },
    { requestPolicy: 'network-only' },
  );
  let result = await find('cache-first');
  // That a room did not exist is not worth remembering: somebody may have created it since.
  const wasRemembered = result.operation.context.meta?.cacheOutcome === 'hit';
  if (!result.data?.room && wasRemembered) result = await find('network-only');
  const { data, error: failure } = result;
  if (failure) {
    const refusal = refusalOf(failure);
    if (refusal.code === 'NOT_FOUND') return { room: null, closed: null, firstUnread: null };
    // Of a restricted room those who are no members see that it is there.
    if (refusal.code === 'FORBIDDEN') {
      const header = await api.client.query(
        RoomHeaderDocument,
        { slug: params.slug },
        { requestPolicy: 'network-only' },
      );
      if (header.data?.room) return { room: null, closed: header.data.room, firstUnread: null };
    }
    error(503, { message: 'The room could not be opened', hint: refusal.message });
  }
  const room = data?.room ?? null;
  return { room, closed: null, firstUnread: (await unread).data?.room?.firstUnread ?? null };
};

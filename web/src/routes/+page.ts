import { redirect } from '@sveltejs/kit';
import { LastRoomDocument } from '#lib/graphql/generated/graphql.ts';
import type { PageLoad } from './$types';

/** The front door: to the last room if it is still there, else to the directory, or to the login page. */
export const load: PageLoad = async ({ parent, data }) => {
  const { me, server, api } = await parent();
  if (!me) redirect(303, server.hasAccounts ? '/login' : '/register');
  if (data.lastRoom) {
    const { data: found } = await api.client.query(LastRoomDocument, { slug: data.lastRoom });
    if (found?.room) redirect(303, `/rooms/${found.room.slug}`);
  }
  redirect(303, '/rooms');
};

import { error, redirect } from '@sveltejs/kit';
import { MessagesAroundDocument } from '#lib/graphql/generated/graphql.ts';
import { refusalOf } from '#lib/graphql/refusal.ts';
import type { Target } from '../../target.ts';
import { permalink } from '../../target.ts';
import type { PageLoad } from './$types';

/** The message that the address names, with what was said around it. */
export const load: PageLoad = async ({ parent, params }): Promise<{ target: Target }> => {
  const { api } = await parent();
  const find = async (messageId: string) => {
    const result = await api.client.query(
      MessagesAroundDocument,
      { messageId },
      { requestPolicy: 'network-only' },
    );
    const failure = result.error && refusalOf(result.error);
    if (failure && !['NOT_FOUND', 'INVALID_INPUT'].includes(failure.code)) {
      error(503, { message: 'The message could not be opened', hint: failure.message });
    }
    const message = result.data?.node;
    if (message?.__typename === 'Message') return message;
    error(404, {
      message: 'There is no such message',
      hint: 'The address may be incomplete, or the message is in a room that you do not see.',
    });
  };

  const message = await find(params.id);
  const { id, room, thread, isInRoom } = message;
  if (room.slug !== params.slug) redirect(307, permalink(room, id));
  if (isInRoom || !thread)
    return { target: { id, shownId: id, threadId: null, around: message.around } };
  // It was said in a thread only: the room is shown where the thread began.
  const root = await find(thread.id);
  return { target: { id, shownId: root.id, threadId: root.id, around: root.around } };
};

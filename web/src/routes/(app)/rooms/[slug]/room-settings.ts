/** What those who run a room set of it, and how it is saved. */
import { changedFields } from '#lib/changed-fields.ts';
import type { Api } from '#lib/graphql/api.ts';
import {
  RenameRoomDocument,
  SetRoomTopicDocument,
  UpdateRoomDocument,
  type RoomHeaderFragment,
} from '#lib/graphql/generated/graphql.ts';
import { refusalOf, type Refusal } from '#lib/graphql/refusal.ts';

export type RoomSettings = Pick<
  RoomHeaderFragment,
  'name' | 'topic' | 'icon' | 'description' | 'visibility' | 'postingPolicy' | 'slowModeSeconds'
>;

/**
 * Saves what is another than it was shown, and nothing else: who sees a room must not be put back by whoever corrects its
 * topic. Gives why not, or null where it is done.
 */
export async function saveRoomSettings(
  { client }: Api,
  roomId: string,
  shown: RoomSettings,
  filledIn: RoomSettings,
): Promise<Refusal | null> {
  const { name, topic, ...rest } = changedFields(shown, filledIn);
  if (name !== undefined) {
    const { error } = await client.mutation(RenameRoomDocument, { input: { roomId, name } });
    if (error) return refusalOf(error);
  }
  if (topic !== undefined) {
    const { error } = await client.mutation(SetRoomTopicDocument, { input: { roomId, topic } });
    if (error) return refusalOf(error);
  }
  if (Object.keys(rest).length > 0) {
    const input = { roomId, ...rest };
    const { error } = await client.mutation(UpdateRoomDocument, { input });
    if (error) return refusalOf(error);
  }
  return null;
}

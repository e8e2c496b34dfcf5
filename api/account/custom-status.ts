/** What people say they are about just now, beside whether they are present. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Refusal } from '../errors.ts';
import type { Profile, User } from '../generated/prisma/client.ts';
import { requireLine } from '../input.ts';
import { holdOwn } from './user.ts';

export const STATUS_MAX_LENGTH = 100;

/** It has an emoji or a text, or both. */
export interface CustomStatus {
  emoji: string | null;
  text: string | null;
  /** Null where it holds until it is changed. */
  until: Date | null;
}

/** None once it is over. */
export function customStatusOf(profile: Profile | null, now = new Date()): CustomStatus | null {
  if (!profile || (profile.statusEmoji === null && profile.statusText === null)) return null;
  const { statusEmoji: emoji, statusText: text, statusUntil: until } = profile;
  return until && until <= now ? null : { emoji, text, until };
}

/**
 * Says what the viewer is about; without emoji and text, nothing.
 * @throws Refusal UNAUTHENTICATED; INVALID_INPUT, also for an end that is past.
 */
export async function setCustomStatus(
  app: App,
  viewer: Viewer,
  { emoji, text: typed, until }: CustomStatus,
): Promise<User> {
  const { user } = loggedIn(viewer);
  if (emoji !== null && !/^\p{RGI_Emoji}$/v.test(emoji)) {
    throw new Refusal('INVALID_INPUT', 'That is no emoji.', { field: 'emoji' });
  }
  const form = { field: 'text', noun: 'status', maxLength: STATUS_MAX_LENGTH };
  const text = typed?.trim() ? requireLine(typed, form) : null;
  if (until && until <= new Date()) {
    throw new Refusal('INVALID_INPUT', 'The end of the status is past.', { field: 'until' });
  }
  const isNone = emoji === null && text === null;
  const data = { statusEmoji: emoji, statusText: text, statusUntil: isNone ? null : until };
  return app.db.commit(async (tx, afterCommit) => {
    const { id } = await holdOwn(tx, user);
    await tx.profile.upsert({
      where: { userId: id },
      create: { userId: id, ...data },
      update: data,
    });
    afterCommit(() => app.bus.publish('people', { userId: id }));
    return tx.user.findUniqueOrThrow({ where: { id } });
  });
}

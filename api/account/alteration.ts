/** What administrators change of the accounts of others. */
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { User } from '../generated/prisma/client.ts';
import type { Viewer } from '../viewer.ts';
import { checkUsername } from './names.ts';
import { checkProfile, type ProfileInput, writeProfile } from './profile.ts';
import { actUponUser } from './server-role.ts';
import { giveUsername } from './username.ts';

/** What is left out stays as it is; null clears, but for the username. */
export interface UpdateUserInput extends Pick<ProfileInput, 'displayName' | 'pronouns' | 'about'> {
  userId: string;
  username?: string | null | undefined;
}

/**
 * Gives somebody another username or another profile. The former username stays theirs.
 * @throws Refusal INVALID_INPUT; NOT_FOUND; CONFLICT where the name is somebody else's, or was; FORBIDDEN for all but administrators,
 * and towards those of as high a role.
 */
export async function updateUser(
  app: App,
  viewer: Viewer,
  { userId, username: typed, ...profile }: UpdateUserInput,
): Promise<User> {
  const wished = typed === null || typed === undefined ? null : checkUsername(typed);
  const told = checkProfile(profile);
  return actUponUser(app, viewer, { userId, ability: 'administer' }, async ({ commit, user }) => {
    const username = wished ?? user.username;
    const isRenamed = username !== user.username;
    const named = isRenamed ? await giveUsername(commit, user, username) : user;
    const changed = Object.entries(told).flatMap(([what, to]) => (to === undefined ? [] : [what]));
    if (!isRenamed && changed.length === 0) return user;
    await recordDeed(commit.tx, viewer, {
      ...{ action: 'USER_CHANGED', user },
      ...(isRenamed && { before: { username: user.username } }),
      after: { ...(isRenamed && { username }), ...(changed.length > 0 && { changed }) },
    });
    return writeProfile(commit, named, told);
  });
}

/** What people tell of themselves: more than the names that stand beside all that they do. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import { Batch } from '../batch.ts';
import type { Db } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Profile, User } from '../generated/prisma/client.ts';
import { requireLine, requireText } from '../input.ts';
import type { Commit } from '../live/log.ts';
import { checkDisplayName } from './names.ts';
import { holdOwn } from './user.ts';

export const PRONOUNS_MAX_LENGTH = 40;
export const ABOUT_MAX_LENGTH = 500;
/** Longer than any name in the IANA's database. */
const TIME_ZONE_MAX_LENGTH = 64;

/** By user; null for those who have told nothing. */
export type ProfileLookup = Batch<string, Profile | null>;

const LOOKUP_SIZE = 1_000;
const LOOKUP_LANES = 1;

/** Those of all who are on one page are looked up together. */
export function createProfileLookup({ prisma }: Db): ProfileLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(userIds) {
      const found = await prisma.profile.findMany({
        where: { userId: { in: [...new Set(userIds)] } },
      });
      const profiles = new Map(found.map((profile) => [profile.userId, profile]));
      return userIds.map((userId) => profiles.get(userId) ?? null);
    },
  });
}

/** What is left out stays as it is; null clears. */
export interface ProfileInput {
  displayName?: string | null | undefined;
  pronouns?: string | null | undefined;
  about?: string | null | undefined;
  timeZone?: string | null | undefined;
}

/**
 * Changes what the viewer tells of themselves. Without a display name of their own they are shown by
 * their username.
 * @throws Refusal UNAUTHENTICATED, INVALID_INPUT
 */
export async function updateProfile(app: App, viewer: Viewer, input: ProfileInput): Promise<User> {
  const { user } = loggedIn(viewer);
  const told = checkProfile(input);
  return app.db.commit(async (tx, afterCommit) =>
    writeProfile({ tx, afterCommit, bus: app.bus }, await holdOwn(tx, user), told),
  );
}

/** @throws Refusal INVALID_INPUT */
export function checkProfile({ displayName, ...input }: ProfileInput): ProfileInput {
  return {
    displayName: displayName && checkDisplayName(displayName),
    pronouns: checked(input.pronouns, checkPronouns),
    about: checked(input.about, checkAbout),
    timeZone: checked(input.timeZone, checkTimeZone),
  };
}

/** @param told which has been checked */
export async function writeProfile(
  { tx, afterCommit, bus }: Commit,
  { id, username }: Pick<User, 'id' | 'username'>,
  { displayName, ...told }: ProfileInput,
): Promise<User> {
  if (Object.values(told).some((value) => value !== undefined)) {
    const data = Object.fromEntries(
      Object.entries(told).filter(([, value]) => value !== undefined),
    );
    await tx.profile.upsert({
      where: { userId: id },
      create: { userId: id, ...data },
      update: data,
    });
  }
  afterCommit(() => bus.publish('people', { userId: id }));
  return tx.user.update({
    where: { id },
    data: displayName === undefined ? {} : { displayName: displayName ?? username },
  });
}

/** What is blank clears, too. */
function checked(
  typed: string | null | undefined,
  check: (typed: string) => string,
): string | null | undefined {
  return typed === undefined ? undefined : typed?.trim() ? check(typed.trim()) : null;
}

function checkPronouns(typed: string): string {
  return requireLine(typed, {
    field: 'pronouns',
    noun: 'pronouns’ text',
    maxLength: PRONOUNS_MAX_LENGTH,
  });
}

function checkAbout(typed: string): string {
  const lines = typed.replace(/\r\n?/g, '\n').normalize('NFC');
  return requireText(lines, {
    field: 'about',
    noun: 'text about you',
    maxLength: ABOUT_MAX_LENGTH,
  });
}

/** A time zone as clocks know it: offsets, which know no summer, are none. */
function checkTimeZone(typed: string): string {
  try {
    if (typed.length > TIME_ZONE_MAX_LENGTH || /^[+-]/.test(typed)) throw new RangeError();
    return new Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions().timeZone;
  } catch {
    throw new Refusal('INVALID_INPUT', 'There is no such time zone; one is “Europe/Berlin”.', {
      field: 'timeZone',
    });
  }
}

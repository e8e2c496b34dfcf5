/** Who has an account: how people are found to write to. */
import { loggedIn, type Viewer } from '../viewer.ts';
import type { App } from '../app.ts';
import type { User } from '../generated/prisma/client.ts';
import { searchPattern } from '../input.ts';

/** So many are told of at once; whoever looks for another one types more. */
export const PEOPLE_FOUND = 20;

/**
 * Those with an account in use whose username or display name, or a word in it, begins so, in any case; by their usernames.
 * @throws Refusal UNAUTHENTICATED; RATE_LIMITED
 */
export async function findPeople(
  app: App,
  viewer: Viewer,
  { search }: { search: string },
): Promise<User[]> {
  const { user } = loggedIn(viewer);
  await app.limits.take('search', user.id);
  const beginning = searchPattern(search.trim().replace(/^@/, '')) ?? '';
  const startsWith = { startsWith: beginning, mode: 'insensitive' } as const;
  const word = { contains: ` ${beginning}`, mode: 'insensitive' } as const;
  return app.db.prisma.user.findMany({
    where: {
      deactivatedAt: null,
      OR: [
        { usernameKey: { startsWith: beginning.toLowerCase() } },
        { displayName: startsWith },
        { displayName: word },
      ],
    },
    orderBy: { usernameKey: 'asc' },
    take: PEOPLE_FOUND,
  });
}

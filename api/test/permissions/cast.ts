/** The accounts of the tables, one for each relation, and what each of them carries to be known by. */
import { Readable } from 'node:stream';
import { deactivateUser } from '../../account/activation.ts';
import { createSecret } from '../../account/secret.ts';
import { banUser } from '../../account/server-ban.ts';
import type { App } from '../../app.ts';
import { blockUser } from '../../direct/block.ts';
import { encodeNodeId } from '../../node-id.ts';
import { setAvatar } from '../../upload/avatar.ts';
import { bearer } from '../client.ts';
import { person, STRANGER, type TestPerson } from '../people.ts';
import { picture } from '../uploads.ts';
import { type Relation, RELATIONS } from './row.ts';

/** Those who are let in nowhere any more, whatever they have been. */
export const GONE = ['deactivated', 'serverBanned'] as const;
/** Whoever asks. */
export type Someone = Relation | (typeof GONE)[number];

export const isGone = (who: Someone) => (GONE as readonly Someone[]).includes(who);

/** How somebody is known: by a token, by a cookie from the server's own pages, by one from elsewhere. */
export const WAYS = ['token', 'cookie', 'foreignCookie'] as const;
export type Way = (typeof WAYS)[number];

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface Cast {
  people: Record<Someone, TestPerson>;
  /** Who says what the others act upon. */
  author: TestPerson;
  /** An export that the author has asked for, which is ready. */
  authorExportId: string;
  headersOf(who: Someone, way: Way): Promise<Record<string, string>>;
  /** Has somebody carry something else from now on, but for those who are gone. */
  forget(who: Someone): void;
}

export async function createCast(app: App, url: string): Promise<Cast> {
  const names = new Set<Someone>([...Object.values(RELATIONS).flat(), ...GONE]);
  const people = {} as Cast['people'];
  // Whoever registers first owns the server.
  const serverOwner = (people.serverOwner = await person(app, 'serverOwner'));
  for (const name of names) people[name] ??= await person(app, name);
  const author = await person(app, 'author');
  await app.db.prisma.user.updateMany({
    where: { id: { in: [people.administrator.user.id, people.staff.user.id] } },
    data: { role: 'ADMINISTRATOR' },
  });
  await blockUser(app, author, { userId: people.blocked.user.id });
  const body = Readable.from([await picture(9, 9)]);
  const { signal } = new AbortController();
  author.user = await setAvatar(app, author, { length: null, body, signal });
  const exported = await app.db.prisma.export.create({
    data: {
      ...{ kind: 'PERSON', state: 'READY', requesterId: author.user.id },
      expiresAt: new Date(Date.now() + DAY_MS),
    },
  });

  const carried = new Map<Someone, Promise<{ token: string; cookie: string }>>();
  const carriedBy = (who: Someone) => {
    const known = carried.get(who) ?? beginSessions(app, people[who]);
    carried.set(who, known);
    return known;
  };
  for (const gone of GONE) await carriedBy(gone);
  await deactivateUser(app, serverOwner, { userId: people.deactivated.user.id });
  const [userId, reason, until] = [people.serverBanned.user.id, null, null];
  await banUser(app, serverOwner, { userId, reason, until });

  return {
    ...{ people, author, authorExportId: encodeNodeId('Export', exported.id) },
    async headersOf(who, way) {
      const { token, cookie } = await carriedBy(who);
      if (way === 'token') return bearer(token);
      const origin = way === 'cookie' ? url : 'https://elsewhere.example';
      return { cookie: `parley=${cookie}`, origin };
    },
    forget(who) {
      if (!isGone(who)) carried.delete(who);
    },
  };
}

async function beginSessions(app: App, { user }: TestPerson) {
  const begin = async (kind: 'TOKEN' | 'COOKIE') => {
    const { text, hash: tokenHash } = createSecret();
    const expiresAt = new Date(Date.now() + DAY_MS);
    const { address } = STRANGER;
    await app.db.prisma.session.create({
      data: { ...{ userId: user.id, kind, tokenHash }, expiresAt, address },
    });
    return text;
  };
  return { token: await begin('TOKEN'), cookie: await begin('COOKIE') };
}

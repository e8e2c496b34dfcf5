import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, person, STRANGER } from '../test/people.ts';
import { logIn } from './account.ts';
import { findSession, revokeOtherSessions, revokeSession } from './session.ts';

const LOG_IN = `mutation ($session: SessionKind!) {
  login(input: { username: "ann", password: "${PASSWORD}", session: $session }) { token user { username } }
}`;
const ME = '{ me { username } }';

test('a token works in the Authorization header, and only as a token', async () => {
  await using server = await startApp();
  const { token } = await person(server.app, 'ann');
  expect((await ask(server.url, ME, {}, bearer(token))).data).toEqual({ me: { username: 'ann' } });
  const asCookie = await ask(server.url, ME, {}, { cookie: `parley=${token}` });
  expect(asCookie.data).toEqual({ me: null });
});

test('a cookie is HttpOnly and Lax, and its session works from the same origin only', async () => {
  await using server = await startApp();
  await person(server.app, 'ann');
  const answer = await ask(server.url, LOG_IN, { session: 'COOKIE' });
  expect(answer.data?.['login'].token).toBeNull();
  const header = answer.headers.get('set-cookie')!;
  expect(header).toMatch(/^parley=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  const cookie = header.split(';')[0]!;
  expect((await ask(server.url, ME, {}, { cookie })).data?.['me']).toBeTruthy();
  expect((await ask(server.url, ME, {}, { cookie, origin: server.url })).data?.['me']).toBeTruthy();
  const foreign = await ask(server.url, ME, {}, { cookie, origin: 'https://evil.example' });
  expect(foreign.data?.['me']).toBeNull();
});

test('under an https ORIGIN the cookie is Secure and of this host only', async () => {
  await using server = await startApp({ ORIGIN: 'https://chat.example' });
  await person(server.app, 'ann');
  const answer = await ask(server.url, LOG_IN, { session: 'COOKIE' });
  expect(answer.headers.get('set-cookie')).toMatch(/^__Host-parley=.*; Path=\/.*; Secure$/);
});

test('logging out ends the session and drops the cookie', async () => {
  await using server = await startApp();
  await person(server.app, 'ann');
  const login = await ask(server.url, LOG_IN, { session: 'COOKIE' });
  const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
  const logout = await ask(server.url, 'mutation { logout { ok } }', {}, { cookie });
  expect(logout.data).toEqual({ logout: { ok: true } });
  expect(logout.headers.get('set-cookie')).toMatch(/^parley=; Path=\/; Max-Age=0/);
  expect((await ask(server.url, ME, {}, { cookie })).data?.['me']).toBeNull();
});

test('a session is kept as a hash, and is over when it was not used for long', async () => {
  await using server = await startApp();
  const { token } = await person(server.app, 'ann');
  const [session] = await server.app.db.prisma.session.findMany();
  expect(Buffer.from(session!.tokenHash).toString('base64url')).not.toBe(token);
  expect(JSON.stringify(session)).not.toContain(token);
  await server.app.db.prisma.session.updateMany({ data: { expiresAt: new Date() } });
  expect(await findSession(server.app, 'TOKEN', token)).toBeNull();
});

test('the list has one’s own sessions only, and says which one asks', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const input = { username: 'ann', password: PASSWORD, session: 'TOKEN' } as const;
  const { token } = await logIn(server.app, { ...STRANGER, userAgent: 'Laptop' }, input);
  const { sessions } = await run(
    server.url,
    '{ sessions { edges { node { isCurrent userAgent address kind } } } }',
    {},
    token,
  );
  const nodes = sessions.edges.map((edge: { node: object }) => edge.node);
  expect(nodes).toHaveLength(2);
  expect(nodes).toContainEqual({
    isCurrent: true,
    userAgent: 'Laptop',
    address: STRANGER.address,
    kind: 'TOKEN',
  });
  await expect(revokeOtherSessions(server.app, ann)).resolves.toBe(1);
  expect(await findSession(server.app, 'TOKEN', token)).toBeNull();
  expect(await findSession(server.app, 'TOKEN', ann.token)).not.toBeNull();
});

test('nobody ends another’s session', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  await expect(revokeSession(server.app, ann, { sessionId: bob.sessionId })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await revokeSession(server.app, bob, { sessionId: bob.sessionId });
  expect(await findSession(server.app, 'TOKEN', bob.token)).toBeNull();
});

test('a cookie is not begun for a page of another origin', async () => {
  await using server = await startApp();
  await person(server.app, 'ann');
  const foreign = { origin: 'https://evil.example' };
  const answer = await ask(server.url, LOG_IN, { session: 'COOKIE' }, foreign);
  expect(answer.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  expect(answer.headers.get('set-cookie')).toBeNull();
  const token = await ask(server.url, LOG_IN, { session: 'TOKEN' }, foreign);
  expect(token.data?.['login'].token).toBeTruthy();
});

import { expect, test } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, run } from '../test/client.ts';
import { collected } from '../test/collected.ts';
import { startApp } from '../test/harness.ts';
import { PASSWORD, people, person, STRANGER } from '../test/people.ts';
import { logIn, register } from './account.ts';
import { changeUsername } from './username.ts';

const SEND = `mutation ($roomId: ID!, $body: String!) {
  sendMessage(input: { roomId: $roomId, body: $body, idempotencyKey: $body }) {
    message { mentionedUsers { username } }
  }
}`.replace('idempotencyKey: $body', 'idempotencyKey: "one"');
const NAMED = `query ($roomId: ID!, $names: [String!]!) { node(id: $roomId) { ... on Room {
  namedUsers(usernames: $names) { names isMember user { username } }
} } }`;

test('a former name means the same person in mentions, look-ups and searches, and logs nobody in', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { ann, bob, roomId } = await people(app);
  const send = { roomId, body: 'See you, @ann' };
  await run(url, SEND, send, bob.token);
  await run(
    url,
    'mutation { changeUsername(input: { username: "Annie" }) { user { username } } }',
    {},
    ann.token,
  );
  const room = `{ room(slug: "garden") { messages(first: 9) { edges { node { mentionedUsers { username } } } } } }`;
  const { edges } = (await run(url, room, {}, bob.token)).room.messages;
  expect(edges[0].node.mentionedUsers).toEqual([{ username: 'Annie' }]);
  const { node } = await run(url, NAMED, { roomId, names: ['ANN', 'annie', 'nobody'] }, bob.token);
  expect(node.namedUsers).toEqual([
    { names: ['annie', 'ann'], isMember: true, user: { username: 'Annie' } },
  ]);
  // What is said to the old name today reaches them as well.
  const again = await run(url, SEND.replace('"one"', '"two"'), send, bob.token);
  expect(again.sendMessage.message.mentionedUsers).toEqual([{ username: 'Annie' }]);
  const logInAs = (username: string) =>
    logIn(app, STRANGER, { username, password: PASSWORD, session: 'TOKEN' });
  await expect(logInAs('ann')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(logInAs('annie')).resolves.toMatchObject({ user: { id: ann.user.id } });

  const mine =
    'mutation ($roomId: ID!) { sendMessage(input: { roomId: $roomId, body: "Tulips", idempotencyKey: "t" }) { cursor } }';
  await run(url, mine, { roomId }, ann.token);
  await collected(app);
  const found = await run(
    url,
    '{ searchMessages(query: "from:ann tulips") { edges { node { body } } } }',
    {},
    bob.token,
  );
  expect(found.searchMessages.edges).toHaveLength(1);
});

test('nobody else takes a former name, at the same moment neither; its owner takes it back', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob } = await people(app);
  const taken = { code: 'CONFLICT' };
  await expect(changeUsername(app, bob, { username: 'ANN' })).rejects.toMatchObject(taken);
  const racing = register(app, STRANGER, {
    username: 'ann',
    password: PASSWORD,
    displayName: null,
    invitation: null,
    session: 'TOKEN',
  });
  const renamed = changeUsername(app, ann, { username: 'annie' });
  await expect(racing).rejects.toMatchObject(taken);
  await renamed;
  await expect(changeUsername(app, bob, { username: 'Ann' })).rejects.toMatchObject(taken);
  await expect(person(app, 'Ann')).rejects.toMatchObject(taken);
  await changeUsername(app, ann, { username: 'Ann' });
  await expect(person(app, 'annie')).rejects.toMatchObject(taken);
  const { username, usernameKey } = (await app.users.ask(ann.user.id))!;
  expect([username, usernameKey]).toEqual(['Ann', 'ann']);
});

test('a name is changed once in an hour; what was refused does not count', async () => {
  await using server = await startApp({ RATE_LIMITS: 'on' });
  const { app, url } = server;
  const { ann } = await people(app);
  const change = (username: string) =>
    ask(
      url,
      'mutation ($username: String!) { changeUsername(input: { username: $username }) { user { id } } }',
      { username },
      bearer(ann.token),
    );
  expect((await change('bob')).errors![0]!.extensions).toMatchObject({ code: 'CONFLICT' });
  expect((await change('a b')).errors![0]!.extensions).toMatchObject({ code: 'INVALID_INPUT' });
  expect((await change('annie')).data!['changeUsername'].user.id).toBe(
    encodeNodeId('User', ann.user.id),
  );
  const { code, retryAfterMs } = (await change('anna')).errors![0]!.extensions!;
  expect(code).toBe('RATE_LIMITED');
  expect(retryAfterMs).toBeGreaterThan(59 * 60 * 1000);
});

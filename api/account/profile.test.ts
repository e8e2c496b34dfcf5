import { expect, test } from 'vitest';
import { encodeNodeId } from '../node-id.ts';
import { ask, bearer, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { customStatusOf } from './custom-status.ts';

const UPDATE = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { displayName pronouns about timeZone } }
}`;
const STATUS = `mutation ($input: SetCustomStatusInput!) {
  setCustomStatus(input: $input) { user { customStatus { emoji text until } } }
}`;
const SEEN = `query ($id: ID!) { node(id: $id) { ... on User {
  displayName pronouns about timeZone customStatus { emoji text until }
} } }`;

test('what somebody tells of themselves is seen by others; what is left out stays, and null clears', async () => {
  await using server = await startApp();
  const { ann, bob } = await people(server.app);
  const update = async (input: object) =>
    (await run(server.url, UPDATE, { input }, ann.token)).updateProfile.user;
  const told = {
    displayName: 'Ann Lee',
    pronouns: 'she/her',
    about: 'Gardener.\nUp early.',
    timeZone: 'Europe/Berlin',
  };
  expect(await update({ ...told, about: ' Gardener.\r\nUp early. ' })).toEqual(told);
  expect(await update({})).toEqual(told);
  expect(await update({ pronouns: null })).toEqual({ ...told, pronouns: null });
  expect(await update({ about: '  ' })).toEqual({ ...told, pronouns: null, about: null });
  const id = encodeNodeId('User', ann.user.id);
  expect((await run(server.url, SEEN, { id }, bob.token)).node).toEqual({
    ...told,
    pronouns: null,
    about: null,
    customStatus: null,
  });
  expect(await update({ displayName: null })).toMatchObject({ displayName: 'ann' });
});

test('what is no profile is refused at its field, and nothing of it is written', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const refused = async (query: string, input: object) => {
    const answer = await ask(server.url, query, { input }, bearer(ann.token));
    const { code, field } = answer.errors![0]!.extensions!;
    return [code, field];
  };
  const of = (field: string) => ['INVALID_INPUT', field];
  const name = { displayName: 'Ann Lee' };
  expect(await refused(UPDATE, { ...name, pronouns: 'x'.repeat(41) })).toEqual(of('pronouns'));
  expect(await refused(UPDATE, { ...name, pronouns: 'a\nb' })).toEqual(of('pronouns'));
  expect(await refused(UPDATE, { ...name, about: 'x'.repeat(501) })).toEqual(of('about'));
  expect(await refused(UPDATE, { ...name, timeZone: 'Mars/Olympus' })).toEqual(of('timeZone'));
  expect(await refused(UPDATE, { ...name, timeZone: '+02:00' })).toEqual(of('timeZone'));
  expect(await refused(UPDATE, { displayName: ' ' })).toEqual(of('displayName'));
  expect(await refused(STATUS, { text: 'x'.repeat(101) })).toEqual(of('text'));
  expect(await refused(STATUS, { emoji: 'no' })).toEqual(of('emoji'));
  const past = new Date(Date.now() - 1_000).toISOString();
  expect(await refused(STATUS, { text: 'Lunch', until: past })).toEqual(of('until'));
  const { me } = await run(server.url, '{ me { displayName } }', {}, ann.token);
  expect(me.displayName).toBe('ann');
  const stranger = await ask(server.url, UPDATE, { input: name });
  expect(stranger.errors![0]!.extensions!.code).toBe('UNAUTHENTICATED');
});

test('a status holds until its end, and is cleared by none', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  const set = async (input: object) =>
    (await run(server.url, STATUS, { input }, ann.token)).setCustomStatus.user.customStatus;
  const until = new Date(Date.now() + 60_000);
  const lunch = { emoji: '🥗', text: 'Lunch', until: until.toISOString() };
  expect(await set(lunch)).toEqual(lunch);
  const profile = await server.app.profiles.ask(ann.user.id);
  expect(customStatusOf(profile, new Date(until.getTime() - 1))).not.toBeNull();
  expect(customStatusOf(profile, until)).toBeNull();
  expect(await set({ emoji: '🌴' })).toEqual({ emoji: '🌴', text: null, until: null });
  expect(await set({ until: lunch.until })).toBeNull();
});

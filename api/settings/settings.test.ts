import { expect, test } from 'vitest';
import { ask, bearer, run } from '../test/client.ts';
import { startApp, type TestApp } from '../test/harness.ts';
import { PASSWORD, people } from '../test/people.ts';
import { send } from '../test/said.ts';
import { upload } from '../test/uploads.ts';
import { SETTINGS_SWEEP_MS } from './settings.ts';

const SET = `mutation ($input: UpdateServerSettingsInput!) {
  updateServerSettings(input: $input) {
    settings { name registration maxUploadBytes maxFilesPerMessage uploadTypes logoUrl fixed set }
  }
}`;
const TOLD = `{ server { name registration limits { uploadBytes filesPerMessage uploadTypes } } }`;
const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }`;

const DEFAULTS = {
  name: 'Parley',
  registration: 'OPEN',
  maxUploadBytes: 104_857_600,
  maxFilesPerMessage: 10,
  uploadTypes: ['*'],
};

async function set({ url }: TestApp, { token }: { token: string }, input: object): Promise<any> {
  const { updateServerSettings } = await run<any>(url, SET, { input }, token);
  return updateServerSettings.settings;
}

async function refusal({ url }: TestApp, token: string, input: object) {
  const { errors } = await ask(url, SET, { input }, bearer(token));
  return errors?.[0]?.extensions;
}

function register({ url }: TestApp, username: string) {
  return ask(url, REGISTER, { input: { username, password: PASSWORD, session: 'TOKEN' } });
}

test('what is set is told to everybody, and null goes back to the default', async () => {
  await using server = await startApp();
  const { root } = await people(server.app);
  const wanted = {
    name: 'The Orchard',
    registration: 'INVITE',
    maxUploadBytes: 1_000,
    maxFilesPerMessage: 3,
    uploadTypes: ['image/*', 'text/plain'],
  };
  const all = ['SERVER_NAME', 'REGISTRATION', 'MAX_UPLOAD_BYTES', 'MAX_FILES_PER_MESSAGE'];
  expect(await set(server, root, wanted)).toEqual({
    ...wanted,
    logoUrl: null,
    fixed: [],
    set: [...all, 'UPLOAD_TYPES'],
  });
  expect((await run<any>(server.url, TOLD)).server).toEqual({
    name: 'The Orchard',
    registration: 'INVITE',
    limits: { uploadBytes: 1_000, filesPerMessage: 3, uploadTypes: ['image/*', 'text/plain'] },
  });
  expect(await set(server, root, { uploadTypes: null })).toMatchObject({
    ...wanted,
    uploadTypes: ['*'],
    set: all,
  });
  const nothing = Object.fromEntries(Object.keys(wanted).map((name) => [name, null]));
  expect(await set(server, root, nothing)).toMatchObject({ ...DEFAULTS, set: [] });
});

test('changes are kept in the audit log with what was and what is, and what changes nothing is not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root } = await people(app);
  await set(server, root, { name: 'The Orchard', uploadTypes: ['image/*', 'text/plain'] });
  await set(server, root, { name: 'The Orchard' });
  await set(server, root, {});
  await set(server, root, { name: null });
  const { auditLog } = await run<any>(
    server.url,
    '{ auditLog { edges { node { action actorName changes { what before after } } } } }',
    {},
    root.token,
  );
  expect(auditLog.edges.map(({ node }: any) => node)).toEqual([
    {
      action: 'SETTINGS_CHANGED',
      actorName: 'root',
      changes: [{ what: 'name', before: 'The Orchard', after: 'Parley' }],
    },
    {
      action: 'SETTINGS_CHANGED',
      actorName: 'root',
      changes: expect.arrayContaining([
        { what: 'name', before: 'Parley', after: 'The Orchard' },
        { what: 'uploadTypes', before: '*', after: 'image/*,text/plain' },
      ]),
    },
  ]);
});

test('what the environment sets is fixed, whatever the database has', async () => {
  await using before = await startApp();
  const { root } = await people(before.app);
  await set(before, root, { name: 'The Orchard', maxFilesPerMessage: 3 });
  await using server = await startApp({
    DATABASE_URL: before.databaseUrl,
    SERVER_NAME: 'The Quarry',
    REGISTRATION: 'closed',
  });
  const { server: told } = await run<any>(server.url, TOLD);
  expect(told).toMatchObject({ name: 'The Quarry', registration: 'CLOSED' });
  expect(told.limits.filesPerMessage).toBe(3);
  for (const name of ['Another', null]) {
    expect(await refusal(server, root.token, { name, maxFilesPerMessage: 4 })).toEqual({
      code: 'CONFLICT',
      field: 'name',
    });
  }
  const { maxFilesPerMessage, fixed, set: those } = await set(server, root, {});
  expect({ maxFilesPerMessage, fixed, those }).toEqual({
    maxFilesPerMessage: 3,
    fixed: ['SERVER_NAME', 'REGISTRATION'],
    those: ['MAX_FILES_PER_MESSAGE'],
  });
});

test.each([
  ['name', ''],
  ['name', ' \u200b'],
  ['name', 'two\nlines'],
  ['name', 'x'.repeat(51)],
  ['name', '\u202eright to left'],
  ['maxUploadBytes', -1],
  ['maxFilesPerMessage', 51],
  ['maxFilesPerMessage', -1],
  ['uploadTypes', []],
  ['uploadTypes', ['']],
  ['uploadTypes', ['image/*', 'pictures']],
])('%s: %j is refused, and nothing is set', async (field, value) => {
  await using server = await startApp();
  const { root } = await people(server.app);
  const input = { registration: 'CLOSED', [field]: value };
  expect(await refusal(server, root.token, input)).toEqual({ code: 'INVALID_INPUT', field });
  expect(await set(server, root, {})).toMatchObject(DEFAULTS);
});

test('nobody below an administrator sets anything', async () => {
  await using server = await startApp();
  const { ann } = await people(server.app);
  expect(await refusal(server, ann.token, { name: 'Mine' })).toEqual({ code: 'FORBIDDEN' });
  expect(await ask(server.url, SET, { input: {} })).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
});

test('a process that hears nothing closes registration at once, and finds the rest by itself', async () => {
  await using one = await startApp();
  // Without Redis no hint reaches the other.
  await using other = await startApp({ DATABASE_URL: one.databaseUrl });
  const { root } = await people(one.app);
  expect((await register(other, 'carl')).errors).toBeUndefined();
  await set(one, root, { registration: 'CLOSED', name: 'The Orchard' });
  expect((await register(other, 'dora')).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  expect(other.app.settings.current.name).toBe('Parley');
  await expect
    .poll(() => other.app.settings.current.name, { timeout: SETTINGS_SWEEP_MS + 5_000 })
    .toBe('The Orchard');
  await set(one, root, { registration: null });
  expect((await register(other, 'dora')).errors).toBeUndefined();
}, 30_000);

test('what uploads may take holds for the next one', async () => {
  await using server = await startApp();
  const { root, ann, roomId } = await people(server.app);
  const send = async (body: string) => {
    const { status, errors } = await upload(server.url, ann.token, { roomId, body });
    return [status, errors?.[0]?.message];
  };
  expect(await send('plums')).toEqual([201, undefined]);
  await set(server, root, { maxUploadBytes: 4 });
  expect(await send('plums')).toEqual([422, 'The file is larger than 4 bytes.']);
  await set(server, root, { maxUploadBytes: null, uploadTypes: ['image/*'] });
  expect(await send('plums')).toEqual([422, 'Files of type text/plain are not taken here.']);
  await set(server, root, { uploadTypes: null });
  expect(await send('plums')).toEqual([201, undefined]);
});

test('how many files a message may have holds for the next one', async () => {
  await using server = await startApp();
  const { root, ann, roomId } = await people(server.app);
  const { data } = await upload(server.url, ann.token, { roomId, body: 'plums' });
  const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }`;
  const input = { roomId, body: '', idempotencyKey: 'one', attachmentIds: [data!['file'].id] };
  await set(server, root, { maxFilesPerMessage: 0 });
  const { errors } = await ask(server.url, SEND, { input }, bearer(ann.token));
  expect(errors?.[0]?.extensions).toEqual({ code: 'INVALID_INPUT', field: 'attachmentIds' });
  await set(server, root, { maxFilesPerMessage: null });
  await run(server.url, SEND, { input }, ann.token);
  await send({ url: server.url, token: ann.token, roomId }, 'said', 'two');
});

test('of several who set the same at once each is kept with what was before it', async () => {
  await using server = await startApp();
  const { root } = await people(server.app);
  const names = Array.from({ length: 8 }, (_, n) => `The Orchard ${n}`);
  await Promise.all(names.map((name) => set(server, root, { name })));
  const deeds = await server.app.db.prisma.auditEntry.findMany();
  const nextTo = new Map(deeds.map(({ before, after }: any) => [before.name, after.name]));
  const chain: string[] = [];
  for (let name = nextTo.get('Parley'); name; name = nextTo.get(name)) chain.push(name);
  expect(chain.toSorted()).toEqual(names);
  expect((await set(server, root, {})).name).toBe(chain.at(-1));
});

test('of several who set something at once nothing is lost', async () => {
  await using server = await startApp();
  const { root } = await people(server.app);
  await Promise.all([
    set(server, root, { name: 'The Orchard' }),
    set(server, root, { maxFilesPerMessage: 3 }),
    set(server, root, { uploadTypes: ['image/*'] }),
    set(server, root, { registration: 'INVITE' }),
  ]);
  expect(await set(server, root, {})).toMatchObject({
    name: 'The Orchard',
    maxFilesPerMessage: 3,
    uploadTypes: ['image/*'],
    registration: 'INVITE',
  });
});

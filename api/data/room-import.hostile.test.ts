/** Archives of rooms that somebody has made with something in mind: their sums hold, and yet each is refused whole. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { expect, test, vi } from 'vitest';
import { Refusal } from '../errors.ts';
import { allOf, garden, scratch, type Tampering, tamper } from '../test/exports.ts';
import { writeExport } from './export.ts';
import { importExport } from './import.ts';

// One import for each.
vi.setConfig({ testTimeout: 240_000 });

const STRANGER = '01990000-0000-7000-8000-000000000001';
const NIL = '00000000-0000-0000-0000-000000000000';
const OTHER_ROOM = '01990000-0000-7000-8000-000000000002';

/** The garden's export, and another server that has accounts, rooms and files of its own. */
async function stage() {
  const { server, room, ...found } = await garden();
  const folder = await scratch();
  const file = folder.path('room.tar');
  const subject = { id: room.id, name: room.slug };
  await writeExport(server.app, { kind: 'ROOM', subject }, file);
  const other = await garden();
  return {
    ...{ ...found, room, file, other, target: other.server, path: folder.path },
    async [Symbol.asyncDispose]() {
      await server.close();
      await other.server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const each = (change: object) => (rows: object[]) => rows.map((row) => ({ ...row, ...change }));
const first = (change: object) => (rows: object[]) =>
  rows.map((row, index) => (index === 0 ? { ...row, ...change } : row));
const events =
  (kind: string, change: object) =>
  (rows: any[]): any[] =>
    rows.map((row) => (row.kind === kind ? { ...row, ...change } : row));
/** Pictures only. */
const images = (change: object) => (rows: any[]) =>
  rows.map((row) => (row.width ? { ...row, ...change } : row));
const twice = (rows: object[]) => [...rows, rows[0]];
const renameFile = (to: string) => (entries: Map<string, Buffer>) => {
  const name = [...entries.keys()].find((each) => /^files\/[^.]*$/.test(each))!;
  entries.set(to, entries.get(name)!);
};

const TAMPERINGS: [what: string, how: Tampering, words: RegExp][] = [
  // Rights.
  ['a role on the server', { rows: { user: first({ role: 'OWNER' }) } }, /row of user/],
  [
    'a column that would raise one',
    {
      rows: { user: each({ role: 'OWNER' }) },
      manifest: ({ tables }) => tables.find(({ name }) => name === 'user')!.columns.push('role'),
    },
    /does not know \(user\.role\)/,
  ],
  ...['password', 'session', 'invitation', 'room_ban', 'audit_entry', 'server'].map(
    (table): [string, Tampering, RegExp] => [
      `a table of ${table}`,
      {
        manifest: ({ tables }) => tables.push({ name: table, columns: ['id'], rows: 0, bytes: 0 }),
        entries: (entries) => entries.set(`data/${table}.ndjson`, Buffer.from('')),
      },
      new RegExp(`does not know \\(${table}\\.id\\)`),
    ],
  ),
  [
    'a table that is no table',
    {
      manifest: ({ tables }) =>
        tables.push({ name: 'pg_authid', columns: ['rolname'], rows: 0, bytes: 0 }),
    },
    /does not know \(pg_authid/,
  ],
  [
    'a table twice',
    { manifest: ({ tables }) => tables.push(tables[0]!) },
    /its tables are not those of a room/,
  ],
  ['no members', { manifest: ({ tables }) => tables.splice(2, 1) }, /not those of a room/],
  ['the id of whoever runs the server', { rows: { user: first({ id: NIL }) } }, /row of user/],
  ['a username that nobody could have', { rows: { user: first({ username: '../x' }) } }, /user/],
  ['a name of several lines', { rows: { user: first({ display_name: 'a\nb' }) } }, /row of user/],
  ['a role of the room that there is not', { rows: { membership: each({ role: 'GOD' }) } }, /role/],
  [
    'another name than the room’s',
    { manifest: ({ subject }) => (subject!.name = '\u001b[2Jx') },
    /another room/,
  ],
  [
    'a version that is none',
    { manifest: (manifest) => (manifest.parleyVersion = '\u001b[2Jx') },
    /no export of Parley/,
  ],
  // Other rooms.
  ['a message of another room', { rows: { message: first({ room_id: OTHER_ROOM }) } }, /another/],
  ['members of another room', { rows: { membership: each({ room_id: OTHER_ROOM }) } }, /another/],
  ['events of another room', { rows: { room_event: first({ room_id: OTHER_ROOM }) } }, /another/],
  ['files of another room', { rows: { file: each({ room_id: OTHER_ROOM }) } }, /another/],
  ['another room', { rows: { room: each({ id: OTHER_ROOM }) } }, /another room/],
  ['two rooms', { rows: { room: ([row]) => [row, { ...row, id: OTHER_ROOM }] } }, /another room/],
  ['no room', { rows: { room: () => [] } }, /another room/],
  ['direct messages', { rows: { room: each({ kind: 'DIRECT' }) } }, /is of direct messages/],
  ['an address like theirs', { rows: { room: each({ slug: `dm-${'0'.repeat(32)}` }) } }, /slug/],
  ['a key of theirs', { rows: { room: each({ direct_key: 'x' }) } }, /direct_key/],
  // Others' ids.
  [
    'an author who is not there',
    { rows: { message: first({ author_id: STRANGER }) } },
    /do not fit/,
  ],
  ['an actor who is not there', { rows: { room_event: first({ actor_id: STRANGER }) } }, /not fit/],
  [
    'a subject who is not there',
    {
      rows: {
        room_event: events('MEMBER_JOINED', {
          kind: 'MEMBER_REMOVED',
          subject_id: STRANGER,
          data: { memberCount: 1 },
        }),
      },
    },
    /do not fit/,
  ],
  ['a mention of nobody', { rows: { message: each({ mentioned_ids: [STRANGER] }) } }, /not fit/],
  ['a pin by nobody', { rows: { message: each({ pinned_by_id: STRANGER }) } }, /do not fit/],
  ['a reaction to nothing', { rows: { reaction: each({ seq: 900 }) } }, /do not fit/],
  ['a file of nobody', { rows: { file: each({ uploader_id: STRANGER }) } }, /do not fit/],
  ['a file of no message', { rows: { file: each({ message_seq: 900 }) } }, /do not fit/],
  ['somebody whom nothing names', { rows: { user: (rows) => [...rows, zoe()] } }, /of user/],
  // Keys.
  ...['user', 'membership', 'room_event', 'message', 'message_revision', 'reaction', 'file'].map(
    (table): [string, Tampering, RegExp] => [
      `a row of ${table} twice`,
      { rows: { [table]: twice } },
      /do not fit \(duplicate key/,
    ],
  ),
  ['two people of one name', { rows: { user: each({ username: 'zoe' }) } }, /do not fit/],
  // Counts and references within the room.
  ['a hole in the log', { rows: { room_event: (rows) => rows.slice(0, -1) } }, /do not agree/],
  ['a head that is too far', { rows: { room: each({ last_seq: 900 }) } }, /do not agree/],
  ['members who are not', { rows: { room: each({ member_count: 9 }) } }, /members of rooms/],
  ['no message of an event', { rows: { message: (rows) => rows.slice(0, -1) } }, /do not/],
  ['an answer to nothing', { rows: { message: first({ reply_to_seq: 900 }) } }, /answered/],
  ['a thread of itself', { rows: { message: (rows) => rows.map(inItself) } }, /threads/],
  ['replies that are not', { rows: { message: each({ reply_count: 7 }) } }, /replies in threads/],
  [
    'a change of nothing',
    { rows: { room_event: events('REACTION_ADDED', { message_seq: 900 }) } },
    /events are about/,
  ],
  [
    'words in the mouth of another',
    { rows: { message: (rows) => rows.map((row) => ({ ...row, author_id: rows[0].author_id })) } },
    /do not agree on the messages/,
  ],
  // What would break whoever reads it.
  [
    'an event that says nothing',
    { rows: { room_event: events('MEMBER_JOINED', { data: null }) } },
    /room_event/,
  ],
  ['an event of no kind', { rows: { room_event: first({ kind: 'HACKED' }) } }, /room_event/],
  [
    'more text than a message has',
    { rows: { message: first({ body: 'x'.repeat(8_001) }) } },
    /body/,
  ],
  ['characters that are no text', { rows: { message: first({ body: 'a\0b' }) } }, /body/],
  ['a reaction of words', { rows: { reaction: each({ emoji: 'no' }) } }, /emoji/],
  [
    'a time to come',
    { rows: { message: first({ created_at: '9999-01-01T00:00:00+00:00' }) } },
    /created_at/,
  ],
  ['a time that is none', { rows: { message: first({ created_at: 'infinity' }) } }, /created_at/],
  ['a number that is none', { rows: { message: first({ seq: 1e12 }) } }, /seq/],
  [
    'a column too few',
    { rows: { message: (rows) => rows.map(({ body: _, ...row }) => row) } },
    /body/,
  ],
  [
    'a line that is no JSON',
    { rows: { message: (rows) => [...rows, 'nonsense'] } },
    /row of message/,
  ],
  ['a key twice in a row', { rows: { message: (rows) => rows.map(twiceSaid) } }, /do not fit/],
  // Files.
  ['a path upwards', { entries: renameFile('files/../../escaped') }, /entry that is none/],
  ['an absolute path', { entries: renameFile('/tmp/escaped') }, /entry that is none/],
  ['a path with a backslash', { entries: renameFile('files\\..\\escaped') }, /entry that is none/],
  ['a name of no file', { entries: renameFile('files/escaped') }, /is no name of a file/],
  ['a file of nothing', { entries: renameFile(`files/${STRANGER}`) }, /files of no message/],
  ['a picture of nothing', { entries: renameFile(`files/${STRANGER}.thumbnail`) }, /of no message/],
  ['other bytes', { rows: { file: each({ hash: `\\x${'0'.repeat(64)}` }) } }, /what its row says/],
  ['another size', { rows: { file: each({ size: 1 }) } }, /what its row says/],
  ['a type that it is not', { rows: { file: each({ media_type: 'video/mp4' }) } }, /row says/],
  ['a type of another image', { rows: { file: images({ media_type: 'image/webp' }) } }, /row says/],
  ['an image of another size', { rows: { file: images({ width: 1 }) } }, /row says/],
  ['a name with a path', { rows: { file: each({ name: '../x' }) } }, /row of file/],
  ['a file twice at one place', { rows: { file: each({ position: 0 }) } }, /do not agree/],
];

const zoe = () => ({ id: STRANGER, username: 'zoe', display_name: 'Zoe' });
const inItself = (row: any) => (row.thread_seq ? { ...row, thread_seq: row.seq } : row);
const twiceSaid = (row: object) => JSON.stringify(row).replace('{', '{"body":"Another",');

test('what is no room and no more than a room is refused in one line, and leaves nothing', async () => {
  await using staged = await stage();
  const { file, path, target } = staged;
  const before = await allOf(target);
  const outcomes: [string, string][] = [];
  for (const [what, how, words] of TAMPERINGS) {
    const tampered = path('tampered.tar');
    await tamper(file, tampered, how);
    const error = await importExport(target.app, tampered, { owner: 'eve' }).catch((one) => one);
    const said = error instanceof Refusal ? error.message : `not refused: ${error?.stack ?? error}`;
    if (!words.test(said) || said.includes('\n')) outcomes.push([what, said]);
    if (!isDeepStrictEqual(await allOf(target), before)) outcomes.push([what, 'left something']);
  }
  expect(outcomes).toEqual([]);
  // It was for what was done to it.
  await tamper(file, path('same.tar'), {});
  await importExport(target.app, path('same.tar'));
});

test('an archive of a room that is damaged, or has links in it, is refused', async () => {
  await using staged = await stage();
  const { file, path, target } = staged;
  const before = await allOf(target);
  const whole = await readFile(file);
  const refused = async (name: string, words: RegExp) => {
    const error = await importExport(target.app, path(name), { owner: 'eve' }).catch((one) => one);
    expect(error, name).toBeInstanceOf(Refusal);
    expect(error.message, name).toMatch(words);
    expect(await allOf(target), name).toEqual(before);
  };
  for (const share of [0.1, 0.5, 0.9]) {
    await writeFile(path('cut'), whole);
    await truncate(path('cut'), Math.floor(whole.length * share));
    await refused('cut', /cut short|no export of Parley/);
  }
  const changed = Buffer.from(whole);
  changed.write('seeds', changed.indexOf('weeds'));
  await writeFile(path('changed'), changed);
  await refused('changed', /data\/message\.ndjson is not what its checksum says/);
  await writeFile(path('empty'), '');
  await refused('empty', /no export of Parley/);
  await writeFile(path('text'), 'Nothing of ours. '.repeat(100));
  await refused('text', /cut short, or no tar file/);
  for (const [type, name] of [
    ['symlink', 'files/link'],
    ['link', 'files/link'],
    ['directory', 'files'],
  ] as const) {
    const archive = pack();
    archive.entry({ name, type, linkname: '/etc/passwd' });
    archive.finalize();
    await pipeline(archive, createWriteStream(path(type)));
    await refused(type, /entry that is none of an export/);
  }
  await writeFile(path('after'), whole.subarray(0, whole.length - 1024));
  await appendFile(path('after'), whole);
  await refused('after', /comes after the checksums/);
});

test('an id of a file that is taken here is another file’s: its bytes stay', async () => {
  await using staged = await stage();
  const { file, path, target } = staged;
  const taken = (await target.app.db.prisma.file.findFirstOrThrow({ where: { width: null } })).id;
  const bytes = await readFile(target.app.storage.pathOf(taken));
  await tamper(file, path('taken.tar'), {
    // In the order of their ids, as an export has them.
    rows: {
      file: (rows) =>
        rows
          .map((row) => (row.width ? row : { ...row, id: taken }))
          .toSorted((one, two) => (one.id < two.id ? -1 : 1)),
    },
    entries(entries) {
      const other = [...entries.keys()].find(
        (name) => /^files\/[^.]*$/.test(name) && !entries.has(`${name}.thumbnail`),
      )!;
      entries.set(`files/${taken}`, entries.get(other)!);
      entries.delete(other);
    },
  });
  await importExport(target.app, path('taken.tar'), { owner: 'eve' });
  expect(await readFile(target.app.storage.pathOf(taken))).toEqual(bytes);
  const row = await target.app.db.prisma.file.findUniqueOrThrow({ where: { id: taken } });
  expect(row.roomId).toBe(staged.other.room.id);
});

test('a picture that is none, or larger than any, is not served as one', async () => {
  await using staged = await stage();
  const { file, path, target } = staged;
  const plain = {
    create: { width: 8_000, height: 8_000, channels: 3, background: 'red' },
  } as const;
  const large = sharp({ ...plain, limitInputPixels: false });
  const pictures: [string, Buffer][] = [
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a large one', await large.clone().webp().toBuffer()],
    ['one of another type', await large.clone().resize(10).png().toBuffer()],
  ];
  for (const [what, bytes] of pictures) {
    await tamper(file, path('picture.tar'), {
      entries(entries) {
        const thumbnail = [...entries.keys()].find((name) => name.endsWith('.thumbnail'))!;
        entries.set(thumbnail, bytes);
      },
    });
    const refused = importExport(target.app, path('picture.tar'));
    await expect(refused, what).rejects.toThrow(/is no small picture/);
  }
  const bomb = await large.png().toBuffer();
  await tamper(file, path('bomb.tar'), {
    rows: {
      file: images({
        ...{ width: 8_000, height: 8_000, size: bomb.length },
        hash: `\\x${createHash('sha256').update(bomb).digest('hex')}`,
      }),
    },
    entries(entries) {
      const thumbnail = [...entries.keys()].find((name) => name.endsWith('.thumbnail'))!;
      entries.set(thumbnail.replace('.thumbnail', ''), bomb);
    },
  });
  await expect(importExport(target.app, path('bomb.tar'))).rejects.toThrow(/what its row says/);
});

import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import { openDirect } from '../direct/direct.ts';
import { encodeCursor } from '../live/cursor.ts';
import { deleteMessage } from '../message/deletion.ts';
import { postMessage } from '../message/message.ts';
import { encodeNodeId } from '../node-id.ts';
import { readInboxRoom } from '../read/inboxes.ts';
import { joinRoom } from '../room/membership.ts';
import { setMemberRole } from '../room/role.ts';
import { ask, bearer, connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';
import { closeReport, countReports, listReports, reportMessage } from './report.ts';

/** The people of the tests with Max, who moderates, and a message of Bob's. */
async function cast(app: App) {
  const all = await people(app);
  const max = await person(app, 'max');
  await joinRoom(app, max, { roomId: all.room.id });
  const role = { userId: max.user.id, role: 'MODERATOR' } as const;
  await setMemberRole(app, all.ann, { roomId: all.room.id, ...role });
  const post = async (who: TestPerson, body: string) => {
    const input = { roomId: all.room.id, body, idempotencyKey: body };
    const { seq } = await postMessage(app, who, input);
    return { roomId: all.room.id, seq };
  };
  return { ...all, max, post, key: await post(all.bob, 'Buy this') };
}

const REASON = { reason: 'Spam' };
const NODE = 'query ($id: ID!) { node(id: $id) { ... on Report { reason } } }';

test('whoever sees a message of somebody else’s reports it once, while it stands', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, key, room } = await cast(app);
  const report = (who: TestPerson) => reportMessage(app, who, { ...key, ...REASON });
  expect(await report(eve)).toMatchObject({ reason: 'Spam', authorId: bob.user.id });
  await expect(report(eve)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(report(bob)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(reportMessage(app, ann, { ...key, reason: ' ' })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    details: { field: 'reason' },
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => report(ann)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await deleteMessage(app, bob, key);
  await expect(report(root)).rejects.toMatchObject({ code: 'CONFLICT' });
  await app.db.prisma.room.update({ where: { id: room.id }, data: { visibility: 'PRIVATE' } });
  await expect(report(eve)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('those who keep order see reports and close each once; nobody is told of one about themselves', async () => {
  await using server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, max, key, post, room } = await cast(app);
  const { id: reportId } = await reportMessage(app, eve, { ...key, ...REASON });
  const listed = async (
    who: TestPerson,
    open: boolean | null = null,
    roomId: string | null = room.id,
  ) => (await listReports(app, who, { roomId, open }, {}, {})).length;
  for (const who of [bob, eve]) {
    await expect(listed(who)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      closeReport(app, who, { reportId, outcome: 'DISMISSED', note: null }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  await expect(listed(ann, null, null)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const who of [ann, max, root]) expect(await listed(who, true)).toBe(1);
  expect(await listed(root, true, null)).toBe(1);

  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, number) =>
      closeReport(app, [ann, max, root][number % 3]!, {
        ...{ reportId, outcome: 'ACTED_UPON', note: ' Warned ' },
      }),
    ),
  );
  const closed = results.filter(({ status }) => status === 'fulfilled');
  expect(closed).toEqual([
    {
      status: 'fulfilled',
      value: expect.objectContaining({ outcome: 'ACTED_UPON', note: 'Warned' }),
    },
  ]);
  expect(await app.db.prisma.auditEntry.count({ where: { action: 'REPORT_CLOSED' } })).toBe(1);
  expect([await listed(max, true), await listed(max, false), await listed(max)]).toEqual([0, 1, 1]);

  for (const one of [max, root]) {
    await joinRoom(app, one, { roomId: room.id });
    const own = await reportMessage(app, bob, { ...(await post(one, 'Shut up')), ...REASON });
    await expect(
      closeReport(app, one, { reportId: own.id, outcome: 'DISMISSED', note: null }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([await listed(one, true), await listed(ann, true)]).toEqual([0, 1]);
    const id = encodeNodeId('Report', own.id);
    expect(await run(server.url, NODE, { id }, one.token)).toEqual({ node: null });
    const inInbox = async (who: TestPerson) =>
      (await readInboxRoom(app, who, room.id))!.counts.reports;
    expect([await inInbox(max), await inInbox(ann)]).toEqual(one === max ? [0, 1] : [1, 1]);
    await closeReport(app, ann, { reportId: own.id, outcome: 'DISMISSED', note: null });
  }
  expect(await countReports(app, root, { roomId: null, open: null })).toBe(2);
});

test('a report shows an administrator no more of direct messages than the message', async () => {
  await using server = await startApp();
  const { app, url } = server;
  const { root, ann, bob } = await cast(app);
  const direct = await openDirect(app, ann, { userIds: [bob.user.id] });
  const said = { roomId: direct.id, body: 'Psst', idempotencyKey: 'psst' };
  const { seq } = await postMessage(app, ann, said);
  await reportMessage(app, bob, { roomId: direct.id, seq, ...REASON });
  const query = '{ reports { edges { node { message { body } room { cursor } } } } }';
  const { reports } = await run(url, query, {}, root.token);
  const room = { cursor: encodeCursor(app.db.epoch, 0) };
  expect(reports.edges).toEqual([{ node: { message: { body: 'Psst' }, room } }]);
});

test('inboxes of those who run the room count open reports, live, and also where they come to run it', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, max, key, room } = await cast(app);
  const count = async (who: TestPerson) => (await readInboxRoom(app, who, room.id))!.counts.reports;
  const client = connect(server.url, max.token);
  const query = `subscription { inbox {
    ... on InboxOpened { state { rooms { openReportCount } } }
    ... on InboxRoomChanged { entry { openReportCount } }
  } }`;
  const told = client.iterate<any>({ query })[Symbol.asyncIterator]();
  const next = async () => {
    const { inbox } = (await told.next()).value!.data;
    return (inbox.entry ?? inbox.state.rooms[0]).openReportCount;
  };
  /** The inbox may tell of it more than once. */
  const until = async (expected: number) => {
    while ((await next()) !== expected);
  };
  await until(0);
  const { id: reportId } = await reportMessage(app, eve, { ...key, ...REASON });
  await until(1);
  expect([await count(ann), await count(bob)]).toEqual([1, 0]);
  const role = { roomId: room.id, userId: max.user.id };
  await setMemberRole(app, ann, { ...role, role: 'MEMBER' });
  await until(0);
  await setMemberRole(app, ann, { ...role, role: 'MODERATOR' });
  await until(1);
  await closeReport(app, ann, { reportId, outcome: 'DISMISSED', note: null });
  await until(0);
  await client.dispose();
});

test('those who run the room are told at once of a report, and of its closing; others are not', async () => {
  await using server = await startApp();
  const { app } = server;
  const { ann, bob, eve, max, key } = await cast(app);
  const told: string[] = [];
  using stack = new DisposableStack();
  for (const { user } of [ann, bob, max]) {
    stack.defer(
      app.bus.listen(`user:${user.id}`, ({ changed }) => told.push(`${user.username} ${changed}`)),
    );
  }
  const { id: reportId } = await reportMessage(app, eve, { ...key, ...REASON });
  expect(told.splice(0).sort()).toEqual(['ann PLACE', 'max PLACE']);
  await closeReport(app, max, { reportId, outcome: 'DISMISSED', note: null });
  expect(told.sort()).toEqual(['ann PLACE', 'max PLACE']);
});

test('all of it is done over the API, and the audit log tells of it', async () => {
  await using server = await startApp();
  const { root, ann, bob, eve, max, key } = await cast(server.app);
  const messageId = encodeNodeId('Message', `${key.roomId}.${key.seq}`);
  await run(
    server.url,
    'mutation ($input: ReportMessageInput!) { reportMessage(input: $input) { messageId } }',
    { input: { messageId, ...REASON } },
    eve.token,
  );
  const { room } = await run(
    server.url,
    `{ room(slug: "garden") { reports(open: true) { edges { node {
      id reason closedAt reporter { username } message { id body author { username } } room { slug }
    } } } } }`,
    {},
    max.token,
  );
  const { id: reportId, ...report } = room.reports.edges[0].node;
  expect(report).toEqual({
    ...{ reason: 'Spam', closedAt: null, reporter: { username: 'eve' }, room: { slug: 'garden' } },
    message: { id: messageId, body: 'Buy this', author: { username: 'bob' } },
  });
  expect(await run(server.url, NODE, { id: reportId }, max.token)).toEqual({ node: REASON });
  expect(await run(server.url, NODE, { id: reportId }, eve.token)).toEqual({ node: null });
  await run(
    server.url,
    'mutation ($input: CloseReportInput!) { closeReport(input: $input) { report { outcome closedBy { username } } } }',
    { input: { reportId, outcome: 'DISMISSED' } },
    max.token,
  );

  const entries =
    'edges { node { action actorName userName roomSlug messageSeq address changes { what before after } } }';
  const log = `query ($filter: AuditFilter) { auditLog(filter: $filter) { ${entries} } }`;
  const own = `{ room(slug: "garden") { auditLog { ${entries} } } }`;
  const closing = {
    ...{ action: 'REPORT_CLOSED', actorName: 'max', userName: 'bob', roomSlug: 'garden' },
    ...{ messageSeq: key.seq, changes: [{ what: 'outcome', before: null, after: 'DISMISSED' }] },
  };
  const appointment = {
    ...{ action: 'MEMBER_ROLE_CHANGED', actorName: 'ann', userName: 'max', messageSeq: null },
    changes: [{ what: 'role', before: 'MEMBER', after: 'MODERATOR' }],
  };
  const find = async (filter?: object) => {
    const { auditLog } = await run(server.url, log, { filter }, root.token);
    return auditLog.edges.map((edge: any) => edge.node);
  };
  expect(await find()).toMatchObject([closing, appointment]);
  expect((await find())[0].address).toEqual(expect.any(String));
  const maxId = encodeNodeId('User', max.user.id);
  expect(await find({ actorId: maxId })).toMatchObject([closing]);
  expect(await find({ userId: maxId, actions: ['MEMBER_ROLE_CHANGED'] })).toMatchObject([
    appointment,
  ]);
  expect(await find({ actions: ['USER_BANNED'] })).toEqual([]);
  expect(await find({ until: '2000-01-01T00:00:00.000Z' })).toEqual([]);
  expect(await find({ since: '2000-01-01T00:00:00.000Z' })).toHaveLength(2);
  // Owners of rooms are not told addresses.
  const told = await run(server.url, own, {}, ann.token);
  expect(told.room.auditLog.edges.map((edge: any) => edge.node)).toMatchObject([
    { ...closing, address: null },
    { ...appointment, address: null },
  ]);
  for (const [query, who] of [
    [log, ann],
    [own, max],
    [own, bob],
  ] as const) {
    const { errors } = await ask(server.url, query, {}, bearer(who.token));
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  }
});

test('what was done is kept: the audit log takes no change', async () => {
  await using server = await startApp();
  await cast(server.app);
  const { auditEntry } = server.app.db.prisma;
  await expect(auditEntry.updateMany({ data: { reason: 'Forged' } })).rejects.toThrow('only added');
  await expect(auditEntry.deleteMany()).rejects.toThrow('only added');
});

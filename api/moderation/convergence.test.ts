import { expect, test } from 'vitest';
import type { App } from '../app.ts';
import type { Room } from '../generated/prisma/client.ts';
import { joinRoom, leaveRoom } from '../room/membership.ts';
import { setMemberRole } from '../room/role.ts';
import { connect, run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people, person, type TestPerson } from '../test/people.ts';
import { type Random, seeded } from '../test/random.ts';
import { banMember, unbanMember } from './ban.ts';
import { removeMember } from './removal.ts';
import { timeOutMember } from './timeout.ts';

const OPERATIONS = 200;
/** On a machine that has much else to do. */
const TIMEOUT_MS = 120_000;
const DAY_MS = 86_400_000;

const PAGE = `query ($roomId: ID!) {
  node(id: $roomId) { ... on Room {
    cursor memberCount members(first: 50) { edges { node { role timedOutUntil user { username } } } }
  } }
}`;
const FOLLOW = `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) { cursor node {
    __typename
    ... on RoomLogEntry { actor { username } }
    ... on MemberJoined { memberCount timedOutUntil }
    ... on MemberLeft { memberCount }
    ... on MemberRemoved { memberCount member { username } }
    ... on MemberTimedOut { until member { username } }
    ... on MemberRoleChanged { role member { username } }
  } }
}`;
const EVENTS = [
  'MemberJoined',
  'MemberLeft',
  'MemberRemoved',
  'MemberTimedOut',
  'MemberRoleChanged',
];

/** A list of members as a screen holds it. */
interface List {
  memberCount: number;
  members: Map<string, { role: string; timedOutUntil: string | null }>;
}

function apply(list: List, event: any): void {
  list.memberCount = event.memberCount ?? list.memberCount;
  const { members } = list;
  const name = event.member?.username ?? event.actor.username;
  const member = members.get(name);
  if (event.__typename === 'MemberJoined') {
    members.set(name, { role: 'MEMBER', timedOutUntil: event.timedOutUntil });
  } else if (event.__typename === 'MemberLeft' || event.__typename === 'MemberRemoved') {
    members.delete(name);
  } else if (member && event.__typename === 'MemberTimedOut') member.timedOutUntil = event.until;
  else if (member && event.__typename === 'MemberRoleChanged') member.role = event.role;
}

/** Does something that may be refused, as to who is no member. */
async function act(app: App, room: Room, by: TestPerson, upon: TestPerson, random: Random) {
  const at = { roomId: room.id, userId: upon.user.id, reason: null };
  const until = [null, new Date(Date.now() + (1 + random.below(20)) * DAY_MS)][random.below(2)]!;
  const role = (['MEMBER', 'MODERATOR', 'OWNER'] as const)[random.below(3)]!;
  const acts = [
    () => joinRoom(app, upon, at),
    () => joinRoom(app, upon, at),
    () => joinRoom(app, upon, at),
    () => leaveRoom(app, upon, at),
    () => removeMember(app, by, at),
    () => banMember(app, by, { ...at, until }),
    () => unbanMember(app, by, at),
    () => unbanMember(app, by, at),
    () => timeOutMember(app, by, { ...at, until }),
    () => timeOutMember(app, by, { ...at, until }),
    () => setMemberRole(app, by, { ...at, role }),
    () => setMemberRole(app, by, { ...at, role }),
  ];
  await acts[random.below(acts.length)]!().catch((error: { code?: string }) => {
    if (!['FORBIDDEN', 'NOT_FOUND', 'CONFLICT'].includes(error.code!)) throw error;
  });
}

/** Something of each kind that nothing afterwards covers. */
async function finish(app: App, room: Room, by: TestPerson, others: TestPerson[]) {
  const at = ({ user }: TestPerson) => ({ roomId: room.id, userId: user.id });
  const [bob, eve, max, lea] = others as [TestPerson, TestPerson, TestPerson, TestPerson];
  for (const who of others) {
    await unbanMember(app, by, at(who));
    await joinRoom(app, who, at(who));
  }
  const where = { roomId_userId: at(eve) };
  const { role } = await app.db.prisma.membership.findUniqueOrThrow({ where });
  await setMemberRole(app, by, { ...at(eve), role: role === 'MEMBER' ? 'MODERATOR' : 'MEMBER' });
  const until = new Date(Date.now() + 27 * DAY_MS);
  await timeOutMember(app, by, { ...at(lea), until, reason: null });
  await removeMember(app, by, { ...at(max), reason: null });
  await leaveRoom(app, bob, at(bob));
}

test(
  'the list of members that a screen had, and the events since, is what a fresh page shows',
  { timeout: TIMEOUT_MS },
  async () => {
    await using server = await startApp();
    const { app, url } = server;
    const { root, ann, bob, eve, room, roomId } = await people(app);
    const others = [bob, eve, await person(app, 'max'), await person(app, 'lea')];
    const load = async () => {
      const { node } = await run(url, PAGE, { roomId }, root.token);
      const members = node.members.edges.map(({ node: { user, ...member } }: any) => [
        ...[user.username, member],
      ]);
      const list: List = { memberCount: node.memberCount, members: new Map(members) };
      return { list, cursor: node.cursor as string };
    };
    const random = seeded(20261121);
    const some = (all: TestPerson[]) => all[random.below(all.length)]!;
    const old = await load();
    await joinRoom(app, root, { roomId: room.id });
    for (let number = 0; number < OPERATIONS; number++) {
      await act(app, room, some([root, ann, ...others]), some(others), random);
    }
    await finish(app, room, root, others);
    const fresh = await load();

    const events: any[] = [];
    const client = connect(url, root.token);
    const query = { query: FOLLOW, variables: { roomId, after: old.cursor } };
    for await (const { data } of client.iterate<any>(query)) {
      events.push(data.roomEvents.node);
      if (data.roomEvents.cursor === fresh.cursor) break;
    }
    await client.dispose();
    const replayed = (without?: string) => {
      const list = structuredClone(old.list);
      for (const event of events) if (event.__typename !== without) apply(list, event);
      return list;
    };
    expect(replayed()).toEqual(fresh.list);
    // Each kind of event does its part.
    for (const kind of EVENTS) expect(replayed(kind), kind).not.toEqual(fresh.list);
  },
);

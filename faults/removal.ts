/**
 * Members leave while messages pour, each of them followed in six ways at once: messages and all
 * events, answered for all, for each over the same socket, and over SSE. Each way gives what is in the
 * log up to the leaving, the leaving itself where it is asked for, and nothing past it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { postMessage } from '../api/message/message.ts';
import { joinRoom, leaveRoom } from '../api/room/membership.ts';
import { bearer } from '../api/test/client.ts';
import { people, person, type TestPerson } from '../api/test/people.ts';
import { openAcknowledged } from '../api/test/raw-socket.ts';
import { eventsOf } from '../api/test/watch.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { type InProcess, startInProcess, until } from './in-process.ts';

const REMOVALS = { quick: 40, full: 1_000 };
const LEAVERS = 4;
const WRITERS = 2;
/** Up to so many events from behind is where they begin. */
const MOST_BEHIND = 40;
const MOST_BEFORE_LEAVING_MS = 30;
/** What is said past a leaving before the sockets are looked at. */
const SAID_AFTER = 20;

const PERSONAL = 'room { viewerMembership { role } }';
const messages = (more = '') => `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { node { seq ${more} } }
}`;
const events = (more = '') => `subscription ($roomId: ID!, $after: String) {
  roomEvents(roomId: $roomId, after: $after) { node { ... on RoomLogEntry { seq ${more} } } }
}`;

/** What is followed, and whether messages only come. */
const OVER_SOCKET = [
  { query: messages(), isMessages: true, way: 'messages for all' },
  { query: events(), isMessages: false, way: 'events for all' },
  { query: messages(PERSONAL), isMessages: true, way: 'messages for each' },
  { query: events(PERSONAL), isMessages: false, way: 'events for each' },
];
const OVER_EVENTS = [
  { query: messages(), isMessages: true, way: 'messages over SSE' },
  { query: events(), isMessages: false, way: 'events over SSE' },
];

interface Followed {
  way: string;
  isMessages: boolean;
  numbers: number[];
  isCompleted: boolean;
  errors: unknown[];
}

export const removal: Fault = {
  number: 11,
  name: 'members are removed under load',
  async run({ scale, random }: Trial): Promise<Outcome> {
    await using server = await startInProcess();
    const { app } = server;
    const { ann, room, roomId } = await people(app);
    const violations: string[] = [];
    let said = 0;
    let deliveries = 0;
    let tooLate = 0;
    let isOver = false;

    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      while (!isOver) {
        const idempotencyKey = `${writer} ${said}`;
        await postMessage(app, ann, { roomId: room.id, body: 'more', idempotencyKey });
        said++;
      }
    });
    const share = Math.ceil(REMOVALS[scale] / LEAVERS);
    const leavers = Array.from({ length: LEAVERS }, async (_, number) => {
      const leaver = await person(app, `leaver-${number}`);
      for (let time = 1; time <= share; time++) await remove(leaver, `${number}.${time}`);
    });
    try {
      await Promise.all(leavers);
    } finally {
      isOver = true;
      await Promise.all(writers);
    }
    return {
      figures:
        `${(share * LEAVERS).toLocaleString('en')} removals among ${said.toLocaleString('en')} ` +
        `messages, ${deliveries.toLocaleString('en')} events delivered to the removed in six ways ` +
        `(${tooLate} had left before they were let in), ${violations.length} violations`,
      violations,
    };

    async function remove(leaver: TestPerson, name: string): Promise<void> {
      const joined = await joinRoom(app, leaver, { roomId: room.id });
      // Some come from behind: they are still replaying when they are removed.
      const after = Math.max(0, joined.lastSeq - random.below(2) * random.below(MOST_BEHIND));
      const variables = { roomId, after: `${app.db.epoch}.${after}` };
      const socket = await followOverSocket(server, leaver, variables);
      const streams = await Promise.all(
        OVER_EVENTS.map((one) => followOverEvents(server, leaver, one, variables)),
      );
      await sleep(random.below(MOST_BEFORE_LEAVING_MS));
      await leaveRoom(app, leaver, { roomId: room.id });
      const { rows } = await app.db.pool.query<{ seq: number; kind: string; actor_id: string }>(
        'SELECT seq, kind, actor_id FROM room_event WHERE room_id = $1 AND seq > $2 ORDER BY seq',
        [room.id, after],
      );
      const leaving = rows.findLast(
        ({ kind, actor_id }) => kind === 'MEMBER_LEFT' && actor_id === leaver.user.id,
      )!.seq;
      const all = [...socket.followed, ...streams.map(({ followed }) => followed)];
      const saidBefore = said;
      if (!(await until(() => all.every(({ isCompleted }) => isCompleted)))) {
        const open = all.filter(({ isCompleted }) => !isCompleted).map(({ way }) => way);
        violations.push(`${name}: not completed: ${open.join(', ')}`);
      }
      await until(() => said > saidBefore + SAID_AFTER);
      await socket.close();
      for (const { close } of streams) close();

      for (const { way, isMessages, numbers, errors } of all) {
        deliveries += numbers.length;
        // Who has left before they were let in is refused, and given nothing.
        if (numbers.length === 0 && isRefusal(errors)) {
          tooLate++;
          continue;
        }
        // Earlier joinings and leavings of the same person lie before `after`, or are known to be past.
        const due = rows.filter(
          ({ seq, kind }) => seq <= leaving && (!isMessages || kind === 'MESSAGE_POSTED'),
        );
        const past = numbers.filter((seq) => seq > leaving);
        if (past.length > 0) violations.push(`${name}, ${way}: ${past.length} past the removal`);
        else if (numbers.join() !== due.map(({ seq }) => seq).join()) {
          violations.push(`${name}, ${way}: given ${numbers.length} of ${due.length}`);
        }
        if (errors.length > 0) violations.push(`${name}, ${way}: ${JSON.stringify(errors[0])}`);
      }
    }
  },
};

const isRefusal = (errors: unknown[]) =>
  errors.length === 1 &&
  (errors[0] as { extensions?: { code?: string } }).extensions?.code === 'FORBIDDEN';

const createFollowed = ({ way, isMessages }: { way: string; isMessages: boolean }): Followed => ({
  way,
  isMessages,
  numbers: [],
  isCompleted: false,
  errors: [],
});

interface Result {
  data?: { messageAdded?: { node: { seq: number } }; roomEvents?: { node: { seq: number } } };
  errors?: unknown[];
}

function take(followed: Followed, { data, errors }: Result): void {
  if (errors) followed.errors.push(...errors);
  const edge = data?.messageAdded ?? data?.roomEvents;
  if (edge) followed.numbers.push(edge.node.seq);
}

async function followOverSocket({ url }: InProcess, { token }: TestPerson, variables: object) {
  const socket = await openAcknowledged(url, { params: bearer(token) });
  const followed = OVER_SOCKET.map(createFollowed);
  OVER_SOCKET.forEach(({ query }, index) =>
    socket.send({ type: 'subscribe', id: String(index), payload: { query, variables } }),
  );
  const isAnswered = Promise.withResolvers<void>();
  const reading = (async () => {
    for (let frame = await socket.next(); frame; frame = await socket.next()) {
      if (frame.id === 'last') {
        if (frame.type === 'complete') isAnswered.resolve();
        continue;
      }
      const one = followed[Number(frame.id)];
      if (frame.type === 'next') {
        take(one!, frame.payload);
        if (one!.isCompleted) one!.errors.push('It went on after it was completed.');
      } else if (frame.type === 'error') one!.errors.push(...frame.payload);
      if (frame.type === 'complete' || frame.type === 'error') one!.isCompleted = true;
    }
    isAnswered.resolve();
  })();
  return {
    followed,
    /** Behind all that the server has sent so far. */
    async close() {
      socket.send({ type: 'subscribe', id: 'last', payload: { query: '{ __typename }' } });
      await isAnswered.promise;
      socket.socket.terminate();
      await reading;
    },
  };
}

async function followOverEvents(
  { url }: InProcess,
  { token }: TestPerson,
  one: (typeof OVER_EVENTS)[number],
  variables: object,
) {
  const aborting = new AbortController();
  const followed = createFollowed(one);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    signal: aborting.signal,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...bearer(token) },
    body: JSON.stringify({ query: one.query, variables }),
  });
  void (async () => {
    for await (const result of eventsOf<Result>(response)) take(followed, result);
    followed.isCompleted = true;
  })().catch((error) => {
    if (!aborting.signal.aborted) followed.errors.push(String(error));
  });
  return { followed, close: () => aborting.abort() };
}

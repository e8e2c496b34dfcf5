/**
 * Viewers of mixed roles follow two rooms, one of them private, by random selections. What each is
 * given over WebSocket, where those who ask the same are answered by one execution, is byte for byte
 * what the same account is given over SSE, where each is answered alone; and nobody is given anything
 * of a room that they may not follow.
 */
import { complexityFromQuery } from '@pothos/plugin-complexity';
import { parse } from 'graphql';
import { OPERATION_LIMITS } from '../api/builder.ts';
import { postMessage } from '../api/message/message.ts';
import { encodeNodeId } from '../api/node-id.ts';
import { joinRoom, leaveRoom } from '../api/room/membership.ts';
import { createRoom, renameRoom, setTopic } from '../api/room/room.ts';
import { schema } from '../api/schema.ts';
import { isShared } from '../api/sharing.ts';
import { bearer } from '../api/test/client.ts';
import { people, person, type TestPerson } from '../api/test/people.ts';
import { openAcknowledged } from '../api/test/raw-socket.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { type InProcess, startInProcess, until } from './in-process.ts';
import { type MayAsk, randomSelection } from './selections.ts';

/** Nodes of a page that is asked for. */
const FEW = 2;

const VIEWERS = { quick: 80, full: 1_000 };
const SELECTIONS = { quick: 10, full: 100 };
const ROUNDS = { quick: 1, full: 3 };
/** Subscriptions of one account that go over the same socket. */
const PER_SOCKET = 25;
/** In whatever is said or named in the private room. */
const SECRET = 'behind closed doors';

interface Question {
  account: string;
  room: 'garden' | 'den';
  query: string;
  variables: object;
  isShared: boolean;
  isPersonal: boolean;
  wantsMessages: boolean;
}

/** What came on one subscription: the payloads as they are in the frames. */
interface Answers {
  payloads: string[];
  refusal: string | null;
}

export const sharedExecution: Fault = {
  number: 13,
  name: 'viewers of mixed roles are answered by one execution',
  async run({ scale, random }: Trial): Promise<Outcome> {
    await using server = await startInProcess();
    const { app } = server;
    const { root, ann, bob, eve, room: garden } = await people(app);
    const carol = await person(app, 'carol');
    const dave = await person(app, 'dave');
    for (const member of [root, carol]) await joinRoom(app, member, { roomId: garden.id });
    const den = await createRoom(app, carol, {
      slug: 'den',
      name: SECRET,
      topic: SECRET,
      visibility: 'PRIVATE',
    });
    // Nobody is let into a private room yet but by its maker: as an invitation will do it.
    await app.db.prisma.membership.create({ data: { roomId: den.id, userId: ann.user.id } });
    const accounts: Record<string, TestPerson> = { root, ann, bob, carol, eve };
    const rooms = { garden, den };
    const members = { garden: ['root', 'ann', 'bob', 'carol'], den: ['ann', 'carol'] };

    const selections = Array.from({ length: SELECTIONS[scale] }, (_, number) => {
      const field = number % 2 ? 'messageAdded' : 'roomEvents';
      const wantsMessages = field === 'messageAdded';
      // Left to chance, most would ask for something of the viewer's own.
      for (;;) {
        const mayAsk: MayAsk =
          number % 3 === 0 ? () => true : ({ extensions }) => extensions['shared'] === true;
        const selection = randomSelection(schema, field, random, mayAsk);
        if (asksTooMuch(selection.query)) continue;
        const isAnsweredForAll = isShared(schema, parse(selection.query));
        if (number % 3 === 0 || isAnsweredForAll)
          return { ...selection, wantsMessages, isShared: isAnsweredForAll };
      }
    });
    const questions = Array.from({ length: VIEWERS[scale] }, (): Question => {
      const account = Object.keys(accounts)[random.below(Object.keys(accounts).length)]!;
      const room = random.below(3) === 0 ? 'den' : 'garden';
      return {
        ...selections[random.below(selections.length)]!,
        account,
        room,
        variables: {
          roomId: encodeNodeId('Room', rooms[room].id),
          after: `${app.db.epoch}.${room === 'garden' ? 4 : 1}`,
          yes: random.below(2) === 0,
          no: random.below(2) === 0,
          few: FEW,
        },
      };
    });

    const closes: (() => void)[] = [];
    const viewers: Answers[] = [];
    for (const [name, account] of Object.entries(accounts)) {
      const own = questions.filter((one) => one.account === name);
      for (let at = 0; at < own.length; at += PER_SOCKET) {
        const part = own.slice(at, at + PER_SOCKET);
        const { answers, close } = await askOverSocket(server, account, part);
        closes.push(close);
        part.forEach((one, index) => (viewers[questions.indexOf(one)] = answers[index]!));
      }
    }
    const alone = new Map<string, Answers>();
    for (const one of questions) {
      const key = keyOf(one);
      if (alone.has(key)) continue;
      const { answers, close } = askOverEvents(server, accounts[one.account]!, one);
      alone.set(key, answers);
      closes.push(close);
    }

    const said = { garden: 0, den: 0 };
    const happened = { garden: 0, den: 0 };
    const due = ({ room, wantsMessages }: Question) => (wantsMessages ? said : happened)[room];
    const mayFollow = ({ account, room }: Question) => members[room].includes(account);
    const allAnswered = () =>
      questions.every((one, index) =>
        [viewers[index]!, alone.get(keyOf(one))!].every(({ payloads, refusal }) =>
          mayFollow(one) ? payloads.length >= due(one) : refusal,
        ),
      );
    const violations: string[] = [];
    const isBegun = () =>
      app.feeds.followers - app.fanout.groups + app.fanout.subscribers ===
      questions.filter(mayFollow).length +
        [...alone.keys()].filter((key) => mayFollow(JSON.parse(key) as Question)).length;
    if (!(await until(isBegun))) violations.push('Not all subscriptions have begun.');
    const { subscribers, groups } = app.fanout;
    const sharing = questions.filter((one) => one.isShared && mayFollow(one)).length;
    if (subscribers !== sharing)
      violations.push(`${subscribers} were answered together, not ${sharing}`);
    const personal = selections.filter((one) => one.isShared && one.isPersonal).length;
    if (personal > 0) violations.push(`${personal} selections are shared, and of the viewer’s own`);

    let number = 0;
    const say = (author: TestPerson, room: 'garden' | 'den', body: string) => {
      said[room]++;
      const idempotencyKey = String(++number);
      return postMessage(app, author, { roomId: rooms[room].id, body, idempotencyKey });
    };
    for (let round = 1; round <= ROUNDS[scale]; round++) {
      const inGarden = { roomId: garden.id };
      const happenings: [room: 'garden' | 'den', () => Promise<unknown>][] = [
        ['garden', () => say(ann, 'garden', `"quoted" \\ \u{1F600} \u2028 ${round}`)],
        ['den', () => say(carol, 'den', SECRET)],
        ['garden', () => joinRoom(app, dave, inGarden)],
        ['den', () => renameRoom(app, carol, { roomId: den.id, name: `${SECRET} ${round}` })],
        ['garden', () => renameRoom(app, ann, { ...inGarden, name: `Küche ${round}` })],
        ['garden', () => say(dave, 'garden', `hello ${round}`)],
        ['garden', () => leaveRoom(app, dave, inGarden)],
        ['garden', () => setTopic(app, ann, { ...inGarden, topic: round % 2 ? 'Salt' : null })],
      ];
      // One after the other: a room is told as it is when it is asked for.
      for (const [room, happen] of happenings) {
        happened[room]++;
        await happen();
        if (!(await until(allAnswered))) {
          violations.push(`Not all were answered in round ${round}.`);
          break;
        }
      }
    }

    let leaks = 0;
    let payloads = 0;
    questions.forEach((one, index) => {
      const together = viewers[index]!;
      const apart = alone.get(keyOf(one))!;
      payloads += together.payloads.length;
      const given = together.payloads.length + apart.payloads.length;
      if (!mayFollow(one) && given > 0) leaks++;
      if (!members.den.includes(one.account)) {
        leaks += [...together.payloads, ...apart.payloads].filter((payload) =>
          payload.includes(SECRET),
        ).length;
      }
      if (mayFollow(one) && together.payloads.join('\n') !== apart.payloads.join('\n')) {
        const at = together.payloads.findIndex((payload, at) => payload !== apart.payloads[at]);
        violations.push(
          `${one.account} in ${one.room}, number ${at} of ${apart.payloads.length}: ` +
            `${together.payloads[at]} and ${apart.payloads[at]} to ${one.query}`,
        );
      }
    });
    if (leaks > 0) violations.push(`${leaks} leaks`);
    for (const close of closes) close();
    return {
      figures:
        `${VIEWERS[scale].toLocaleString('en')} viewers of ${Object.keys(accounts).length} roles, ` +
        `${selections.length} selections, ${subscribers} answered together in ${groups} groups, ` +
        `${payloads.toLocaleString('en')} payloads compared, ${leaks} leaks, ` +
        `${violations.length} violations`,
      violations,
    };
  },
};

/** What the server would refuse. */
function asksTooMuch(query: string): boolean {
  const variables = { roomId: '', yes: true, no: false, few: FEW };
  const asked = complexityFromQuery(query, { schema, variables });
  return (
    asked.depth > OPERATION_LIMITS.depth ||
    asked.breadth > OPERATION_LIMITS.breadth ||
    asked.complexity > OPERATION_LIMITS.complexity
  );
}

const keyOf = ({ account, room, query, variables }: Question) =>
  JSON.stringify({ account, room, query, variables });

async function askOverSocket({ url }: InProcess, { token }: TestPerson, questions: Question[]) {
  const { socket, send } = await openAcknowledged(url, { params: bearer(token) });
  const answers = questions.map((): Answers => ({ payloads: [], refusal: null }));
  socket.on('message', (data) => {
    const text = String(data);
    const { id, type, payload } = JSON.parse(text);
    if (type !== 'next') return;
    if (payload.data)
      answers[Number(id)]!.payloads.push(text.slice(text.indexOf('"payload":') + 10, -1));
    else
      answers[Number(id)]!.refusal =
        payload.errors[0].extensions?.code ?? payload.errors[0].message;
  });
  questions.forEach(({ query, variables }, index) =>
    send({ type: 'subscribe', id: String(index), payload: { query, variables } }),
  );
  return { answers, close: () => socket.terminate() };
}

function askOverEvents({ url }: InProcess, { token }: TestPerson, { query, variables }: Question) {
  const aborting = new AbortController();
  const answers: Answers = { payloads: [], refusal: null };
  void (async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      signal: aborting.signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...bearer(token),
      },
      body: JSON.stringify({ query, variables }),
    });
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split('\n\n');
      rest = events.pop()!;
      for (const event of events) {
        // Not a dot: a text may have other ends of lines in it.
        const data = /^data: ([^\n]+)$/m.exec(event)?.[1];
        if (!data) continue;
        const { data: value, errors } = JSON.parse(data);
        if (value) answers.payloads.push(data);
        else answers.refusal = errors[0].extensions?.code ?? errors[0].message;
      }
    }
  })().catch((error) => {
    if (!aborting.signal.aborted) answers.refusal = String(error);
  });
  return { answers, close: () => aborting.abort() };
}

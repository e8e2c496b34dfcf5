import { expect, test } from 'vitest';
import { encodeCursor } from '../live/cursor.ts';
import { encodeNodeId } from '../node-id.ts';
import { createRoom } from '../room/room.ts';
import { makeDirectSlug } from '../room/slug.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { probesOf } from '../test/probing/asking.ts';
import { type Clues, cluesOfNothing, fill } from '../test/probing/clues.ts';
import { HIDDEN_NODES, questions } from '../test/probing/questions.ts';
import { listenToStatements } from '../test/probing/statements.ts';
import {
  countTelling,
  expectNothingTold,
  expectSameAnswers,
  expectSameStatements,
} from '../test/probing/trial.ts';
import { openDirect } from './direct.ts';

/** What administrators are shown of all people, and where somebody has asked them to look. */
const FOR_ADMINISTRATORS = ['Report', 'Session'];

async function start() {
  const server = await startApp();
  const { app } = server;
  const { root, ann, bob, eve, room: garden } = await people(app);
  const room = await openDirect(app, ann, { userIds: [bob.user.id] });
  const there = await fill(app, room, { author: ann, other: bob, words: 'marmalade' });
  const nowhere = cluesOfNothing(makeDirectSlug(), 'marzipan', ann);
  const input = { slug: 'shed', name: null, topic: null, visibility: 'PUBLIC' } as const;
  const shed = await createRoom(app, eve, input);
  const filled = await fill(app, shed, { author: eve, other: ann, words: 'rake' });
  const own = { ...filled, ids: { ...filled.ids, User: encodeNodeId('User', eve.user.id) } };
  const cursor = encodeCursor(app.db.epoch, 1);
  const trial = { server, there, nowhere };
  return { server, app, root, ann, bob, eve, garden, trial, own, cursor };
}

const MANY = { timeout: 120_000 };

test(
  'whatever a stranger asks of direct messages, they are told what they are told of nothing',
  MANY,
  async () => {
    const { server, bob, eve, trial, own, cursor } = await start();
    await using _ = server;
    expect(Object.keys(trial.there.ids)).toEqual(expect.arrayContaining(HIDDEN_NODES));
    const asked = await expectSameAnswers(trial, eve, questions(own, cursor));
    expect(asked).toBeGreaterThanOrEqual(200);
    await expectNothingTold(trial, eve);

    // The same questions tell a member what there is.
    const readings = questions(own, cursor).filter(({ query }) => query.startsWith('query'));
    expect(await countTelling(trial, bob, readings.flatMap(probesOf))).toBeGreaterThan(50);
  },
);

test('so is the server’s owner', MANY, async () => {
  const { server, app, root, trial, own, cursor } = await start();
  await using _ = server;
  await app.db.prisma.report.deleteMany({ where: { reason: trial.there.words } });
  const unseen = (clues: Clues) => {
    const ids = Object.entries(clues.ids).filter(([type]) => !FOR_ADMINISTRATORS.includes(type));
    return { ...clues, ids: Object.fromEntries(ids) };
  };
  const [there, nowhere] = [unseen(trial.there), unseen(trial.nowhere)];
  const asked = questions(own, cursor, FOR_ADMINISTRATORS);
  await expectSameAnswers({ server, there, nowhere }, root, asked);
});

test('the database is asked the same for a stranger whether or not there are direct messages', async () => {
  using _listening = listenToStatements();
  const { server, eve, trial, own, cursor } = await start();
  await using _ = server;
  await expectSameStatements(trial, eve, questions(own, cursor));
});

test('an address of direct messages is refused for a room whether or not it is taken', async () => {
  const { server, app, eve, trial } = await start();
  await using _ = server;
  for (const { slug } of [trial.there, trial.nowhere]) {
    const input = { slug, name: null, topic: null, visibility: 'PUBLIC' } as const;
    await expect(createRoom(app, eve, input)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { field: 'slug' },
    });
  }
});

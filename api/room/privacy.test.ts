import { expect, test } from 'vitest';
import { encodeCursor } from '../live/cursor.ts';
import { encodeNodeId } from '../node-id.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { probesOf } from '../test/probing/asking.ts';
import { cluesOfNothing, fill } from '../test/probing/clues.ts';
import { HIDDEN_NODES, questions } from '../test/probing/questions.ts';
import { listenToStatements } from '../test/probing/statements.ts';
import {
  countTelling,
  expectNothingTold,
  expectSameAnswers,
  expectSameStatements,
} from '../test/probing/trial.ts';
import { banMember } from '../moderation/ban.ts';
import { createRoom } from './room.ts';

/** An address is one room's, so whoever tries to make a room there learns that it is taken. */
const TELLS_OF_ADDRESSES = /^Mutation\.createRoom\(/;

async function start() {
  const server = await startApp();
  const { app } = server;
  const { ann, bob, eve } = await people(app);
  const make = (slug: string, visibility: 'PUBLIC' | 'PRIVATE', who = ann) =>
    createRoom(app, who, { ...{ slug, name: slug, topic: 'Gold', visibility } });
  const vault = await make('vault', 'PRIVATE');
  const there = await fill(app, vault, { author: ann, other: bob, words: 'sesame' });
  const nowhere = cluesOfNothing('fault', 'popcorn', ann);
  const shed = await make('shed', 'PUBLIC', eve);
  const filled = await fill(app, shed, { author: eve, other: ann, words: 'rake' });
  const own = { ...filled, ids: { ...filled.ids, User: encodeNodeId('User', eve.user.id) } };
  const cursor = encodeCursor(app.db.epoch, 1);
  const asked = questions(own, cursor).filter(({ title }) => !TELLS_OF_ADDRESSES.test(title));
  return { server, app, ann, bob, eve, vault, trial: { server, there, nowhere }, asked };
}

const MANY = { timeout: 120_000 };

test(
  'a stranger’s questions about a private room are answered as about one that never was',
  MANY,
  async () => {
    const { server, ann, eve, trial, asked } = await start();
    await using _ = server;
    expect(Object.keys(trial.there.ids)).toEqual(expect.arrayContaining(HIDDEN_NODES));
    expect(await expectSameAnswers(trial, eve, asked)).toBeGreaterThanOrEqual(200);
    await expectNothingTold(trial, eve);
    // The same questions tell a member what there is.
    const readings = asked.filter(({ query }) => query.startsWith('query'));
    expect(await countTelling(trial, ann, readings.flatMap(probesOf))).toBeGreaterThan(50);
  },
);

test('so are those of somebody who was banned from it', MANY, async () => {
  const { server, app, ann, eve, vault, trial, asked } = await start();
  await using _ = server;
  const ban = { roomId: vault.id, userId: eve.user.id, reason: null, until: null };
  await banMember(app, ann, ban);
  await expectSameAnswers(trial, eve, asked);
});

test('the database is asked the same for a stranger whether or not there is a private room', async () => {
  using _listening = listenToStatements();
  const { server, eve, trial, asked } = await start();
  await using _ = server;
  await expectSameStatements(trial, eve, asked);
});

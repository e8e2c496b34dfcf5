/**
 * A real conversation is played while browsers and plain clients watch. The transcript is the start
 * of that of the #ubuntu help channel of 2004-12-25, from the raw training logs of "A Large-Scale
 * Corpus for Conversation Disentanglement", J. K. Kummerfeld et al., ACL 2019, CC BY 4.0; parsed,
 * hosts dropped. TRANSCRIPT names another file, of which MESSAGES are played (default: 5,000).
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../api/test/client.ts';
import { startWholeApp } from '../../api/test/harness.ts';
import { people, person } from '../../api/test/people.ts';
import { watchSocket } from '../../api/test/watch.ts';
import { replay } from '../../bench/replay/replay.ts';
import { readUpwards, shownAs } from './screen.ts';
import { visit } from './visitor.ts';

const FILE = process.env.TRANSCRIPT ?? join(import.meta.dirname, 'transcript.jsonl');
const MESSAGES = process.env.TRANSCRIPT ? Number(process.env.MESSAGES ?? 5_000) : null;
const CLIENTS = 10;

test('a real conversation at full speed arrives on every screen and client in the order of the log', async () => {
  await using app = await startWholeApp();
  const { ann, bob, roomId } = await people(app.app);
  await using one = await visit(app, ann, '/rooms/garden');
  await using two = await visit(app, bob, '/rooms/garden');
  const { room } = await run<any>(app.url, '{ room(slug: "garden") { cursor } }', {}, ann.token);
  const watches = [];
  for (let number = 0; number < CLIENTS; number++) {
    const { token } = await person(app.app, `watcher-${number}`);
    await run(
      app.url,
      'mutation ($roomId: ID!) { joinRoom(input: { roomId: $roomId }) { room { id } } }',
      { roomId },
      token,
    );
    watches.push(watchSocket({ url: app.url, token, roomId, after: room.cursor }));
  }

  const said: string[] = [];
  const options = { file: FILE, room: 'garden', messages: MESSAGES, speed: Infinity, url: app.url };
  const equal = await replay({ ...options, secret: 'for tests', invitation: null }, (line) =>
    said.push(line),
  );
  expect(equal, said.join('\n')).toBe(true);

  const log: { id: string; body: string }[] = [];
  for (let after: string | null = null; ;) {
    const page: any = await run(
      app.url,
      `query ($after: String) {
        room(slug: "garden") {
          messages(first: 500, after: $after) {
            edges { node { id body } }
            pageInfo { hasNextPage endCursor }
          }
        }
      }`,
      { after },
      ann.token,
    );
    const { edges, pageInfo } = page.room.messages;
    log.push(...edges.map((edge: any) => edge.node));
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
  }
  const ids = log.map(({ id }) => id);
  const bodies = log.map(({ body }) => body);
  expect(log.length).toBeGreaterThan(300);

  for (const watch of watches) {
    await watch.counted(log.length);
    expect(watch.lines.map(({ id }) => id)).toEqual(ids);
    watch.close();
  }
  for (const { page } of [one, two]) {
    await expect
      .poll(() => page.locator('[role=log] article .text').last().textContent())
      .toBe(shownAs(bodies.at(-1)!));
    expect(await readUpwards(page)).toEqual(bodies.map(shownAs));
  }
  console.log(
    `replay: ${log.length} messages, the log’s order on 2 screens and ${CLIENTS} clients\n${said.join('\n')}`,
  );
}, 600_000);

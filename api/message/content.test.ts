import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { parseContent } from '../../text/content.ts';
import { schema } from '../schema.ts';
import { isShared } from '../sharing.ts';
import { run } from '../test/client.ts';
import { startApp } from '../test/harness.ts';
import { people } from '../test/people.ts';
import { postMessage } from './message.ts';

const CONTENT = `content {
  kind
  within { key kind number }
  spans { text marks url mention { kind name } }
  language
}`;

const BODY = `**Ask** _@bob_ in #garden :tada: about <https://a.example>
> ||it ends|| ~~badly~~
> 1. \`one\`

\`\`\`js
let a = '**';
\`\`\``;

test('a message is given as typed and as a tree, over HTTP as the reading of the text makes it', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  await postMessage(server.app, ann, { roomId: room.id, body: BODY, idempotencyKey: 'k' });
  const data = await run(
    server.url,
    `{ room(slug: "garden") { messages(last: 1) { edges { node { body ${CONTENT} } } } } }`,
    {},
    ann.token,
  );
  const [{ node }] = data.room.messages.edges;
  expect(node).toEqual({ body: BODY, content: parseContent(BODY) });
  expect(node.content.map((block: { kind: string }) => block.kind)).toEqual([
    'PARAGRAPH',
    'PARAGRAPH',
    'PARAGRAPH',
    'CODE',
  ]);
});

test('a page of 500 messages with all of their content is not too much to ask for', async () => {
  await using server = await startApp();
  const { ann, room } = await people(server.app);
  await postMessage(server.app, ann, { roomId: room.id, body: BODY, idempotencyKey: 'k' });
  const data = await run(
    server.url,
    `{ room(slug: "garden") { messages(last: 500) { edges { node { id ${CONTENT} } } } } }`,
    {},
    ann.token,
  );
  expect(data.room.messages.edges).toHaveLength(1);
});

test('a subscription with the content is executed once for all', () => {
  const document = parse(
    `subscription ($roomId: ID!) { messageAdded(roomId: $roomId) { cursor node { id ${CONTENT} } } }`,
  );
  expect(isShared(schema, document)).toBe(true);
});

test('what people said in a real room reads as they typed it, but for what they marked', () => {
  const file = join(import.meta.dirname, '../../web/e2e/transcript.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const said = lines.flatMap((line): string[] => JSON.parse(line).text ?? []);
  const changed = said.filter((body) => {
    const content = parseContent(body);
    const text = content.flatMap(({ spans }) => spans.map((span) => span.text)).join('');
    return text !== body.trim() || content.some(({ within }) => within.length > 0);
  });
  expect(said.length).toBeGreaterThan(300);
  // An emphasis, and a backslash before a star.
  expect(changed).toHaveLength(2);
});

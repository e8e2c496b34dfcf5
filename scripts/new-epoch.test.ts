import { expect, test } from 'vitest';
import { ask, bearer, run } from '../api/test/client.ts';
import { startApp } from '../api/test/harness.ts';
import { people } from '../api/test/people.ts';
import { renewEpoch } from './new-epoch.ts';

const PAGE = `query ($after: String) {
  room(slug: "garden") { cursor messages(first: 1, after: $after) { edges { cursor } } }
}`;

test('after a restore no cursor from before is believed, and new ones are', async () => {
  await using before = await startApp();
  const { ann } = await people(before.app);
  const { room } = await run<any>(before.url, PAGE, {}, ann.token);
  await run(before.url, PAGE, { after: room.cursor }, ann.token);
  await before.close();

  await renewEpoch({ connectionString: before.databaseUrl });

  await using after = await startApp({ DATABASE_URL: before.databaseUrl });
  const old = await ask(after.url, PAGE, { after: room.cursor }, bearer(ann.token));
  expect(old.errors?.[0]?.extensions?.code).toBe('RESYNC_REQUIRED');
  const fresh = await run<any>(after.url, PAGE, {}, ann.token);
  await run(after.url, PAGE, { after: fresh.room.cursor }, ann.token);
});

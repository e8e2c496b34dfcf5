/** A server with people and a room, and clients of theirs. */
import { onTestFinished } from 'vitest';
import { startApp, type TestApp, type TestSettings } from '../../api/test/harness.ts';
import { people } from '../../api/test/people.ts';
import { type Client, type ClientOptions, createClient } from '../src/client.ts';

export async function startRoom(settings: TestSettings = {}) {
  const server = await startApp(settings);
  onTestFinished(server.close);
  const { ann, bob, eve, roomId } = await people(server.app);
  const as = ({ token }: { token: string }, options: Partial<ClientOptions> = {}) =>
    clientOf(server, { token, ...options });
  return { server, ann, bob, eve, roomId, as };
}

/** A client that is closed with the test. */
export function clientOf({ url }: Pick<TestApp, 'url'>, options: Partial<ClientOptions>): Client {
  const client = createClient({ url, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The next `count` edges. */
export async function take<Edge>(edges: AsyncIterator<Edge>, count: number): Promise<Edge[]> {
  const taken: Edge[] = [];
  while (taken.length < count) {
    const { done, value } = await edges.next();
    if (done) throw new Error(`It ended after ${taken.length} of ${count}.`);
    taken.push(value);
  }
  return taken;
}

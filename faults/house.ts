/** A server as a process of its own, with an owner, a room, and what its metrics say. */
import { run } from '../api/test/client.ts';
import { createDataFolder, launch } from '../api/test/process.ts';
import type { Said } from '../api/test/said.ts';

export interface House extends Said {
  pid: number;
  /** The value of a metric. */
  read(metric: string): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openHouse(settings: Record<string, string> = {}): Promise<House> {
  const data = await createDataFolder();
  const server = launch({ settings: { DATA_DIR: data.path, RATE_LIMITS: 'off', ...settings } });
  const url = await server.url;
  const input = { username: 'ann', password: 'correct horse battery', session: 'TOKEN' };
  const { register } = await run(
    url,
    'mutation ($input: RegisterInput!) { register(input: $input) { token } }',
    { input },
  );
  const { createRoom } = await run(
    url,
    'mutation { createRoom(input: { slug: "garden" }) { room { id } } }',
    {},
    register.token,
  );
  return {
    url,
    token: register.token,
    roomId: createRoom.room.id,
    pid: server.child.pid!,
    async read(metric) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)![1]);
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await server.ended;
      await data[Symbol.asyncDispose]();
    },
  };
}

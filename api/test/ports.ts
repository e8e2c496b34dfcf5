import { createServer, type Server } from 'node:net';

/**
 * A free port that no outgoing connection is given: below the range of ephemeral ones. Processes that
 * were started one after another look far from each other, since a port is free while its server is down.
 */
export async function findPort(): Promise<number> {
  for (let port = 21_000 + ((process.pid * 61) % 10_000); ; port++) {
    const server = await occupy(port).catch(() => null);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Listens on a port, so that nobody else can. */
export function occupy(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

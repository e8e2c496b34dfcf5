/** A proxy on TCP that passes requests on and loses answers: the connection ends where one was due. */
import { connect, createServer, type Socket } from 'node:net';
import { findPort } from '../api/test/ports.ts';

export interface LossyProxy {
  url: string;
  /** Answers, or parts of them, that were lost. */
  readonly lost: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param loses asked for each piece of an answer */
export async function startLossyProxy(url: string, loses: () => boolean): Promise<LossyProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever is connected by it is cut off with it.
    socket.on('error', () => {});
    return socket;
  };
  const proxy = { lost: 0 };
  const server = createServer((client) => {
    const upstream = keep(connect(Number(port), hostname));
    keep(client).pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (answer) => {
      if (!loses()) return void client.write(answer);
      proxy.lost++;
      client.destroy();
    });
  });
  const ownPort = await findPort();
  await new Promise<void>((resolve) => server.listen(ownPort, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${ownPort}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
}

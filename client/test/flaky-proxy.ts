/** A network between a client and a server that fails when it is told to. */
import { connect, createServer, type Socket } from 'node:net';

export interface FlakyProxy {
  url: string;
  /** How many connections have been made through it. */
  readonly connections: number;
  /** Cuts off whatever is connected. */
  cut(): void;
  /** Passes on the next request of a text, and cuts its connection instead of passing on the answer. */
  loseAnswerTo(text: string): Promise<void>;
  /** Passes nothing on any more, in either direction, and cuts nothing. */
  freeze(): void;
  close(): Promise<void>;
}

export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  const { port, hostname } = new URL(target);
  const sockets = new Set<Socket>();
  let losing: { text: string; lost: () => void } | null = null;
  let connections = 0;

  const server = createServer((client) => {
    connections++;
    const upstream = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      upstream.write(chunk);
      if (!losing || !chunk.includes(losing.text)) return;
      const { lost } = losing;
      losing = null;
      // The server has answered: what was asked is done.
      upstream.removeAllListeners('data').once('data', () => {
        client.destroy();
        lost();
      });
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };

  return {
    url: `http://127.0.0.1:${own}`,
    get connections() {
      return connections;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    loseAnswerTo: (text) => new Promise((lost) => (losing = { text, lost })),
    freeze() {
      for (const socket of sockets) socket.removeAllListeners('data').pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

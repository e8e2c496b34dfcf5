/** The graphql-transport-ws protocol by hand, for what no well-behaved client would do or show. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A message of the protocol: https://github.com/graphql/graphql-over-http and its `PROTOCOL.md`. */
export interface Frame {
  type: string;
  id?: string;
  payload?: any;
}

export interface RawSocket {
  socket: WebSocket;
  send(frame: Frame): void;
  /** The next message that the server has sent; null once the socket is closed. */
  next(): Promise<Frame | null>;
  /** Starts an operation and gives what the server answers first. */
  start(id: string, query: string, variables?: object): Promise<Frame | null>;
  /** The code that the socket was closed with. */
  closed: Promise<number>;
}

export interface Opening {
  headers?: Record<string, string>;
  /** What `connection_init` brings; null sends none. */
  params?: object | null;
}

export async function openSocket(
  url: string,
  { headers = {}, params = {} }: Opening = {},
): Promise<RawSocket> {
  const address = `${url.replace(/^http/, 'ws')}/graphql`;
  const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
  const frames: Frame[] = [];
  let wake = () => {};
  socket.on('message', (data) => {
    frames.push(JSON.parse(String(data)));
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      resolve(code);
      wake();
    });
  });
  // The close that follows tells it.
  socket.on('error', () => {});
  await Promise.race([once(socket, 'open'), closed]);

  const send = (frame: Frame) => socket.send(JSON.stringify(frame));
  async function next(): Promise<Frame | null> {
    for (;;) {
      const frame = frames.shift();
      if (frame) return frame;
      if (socket.readyState === WebSocket.CLOSED) return null;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  if (params) send({ type: 'connection_init', payload: params });
  return {
    socket,
    send,
    next,
    start(id, query, variables = {}) {
      send({ type: 'subscribe', id, payload: { query, variables } });
      return next();
    },
    closed,
  };
}

/** An open socket that the server has acknowledged. */
export async function openAcknowledged(url: string, opening?: Opening): Promise<RawSocket> {
  const socket = await openSocket(url, opening);
  const frame = await socket.next();
  if (frame?.type !== 'connection_ack') throw new Error(`Not acknowledged: ${await socket.closed}`);
  return socket;
}

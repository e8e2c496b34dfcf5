/** Who sends, over a socket of their own. */
import { LoadSocket, Tally } from './load-socket.ts';
import type { Protocol } from './protocols.ts';

export interface Publisher {
  /** Sends a message and does not wait; `id` is unique for the publisher. */
  send(room: string, body: string, id: number): void;
  /** What was answered to sends that did not succeed. */
  refusals: string[];
  close(): void;
}

/** For protocols that answer nothing to a send. */
export async function socketPublisher(
  url: string,
  protocol: Protocol,
  frameOf: (room: string, body: string) => string,
): Promise<Publisher> {
  const socket = await LoadSocket.open({ url, ...protocol }, new Tally());
  await protocol.greet(socket, null);
  return {
    send: (room, body) => socket.send(frameOf(room, body)),
    refusals: [],
    close: () => socket.close(),
  };
}

export const SEND =
  'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } } }';

/** Mutations over a socket of their own, as of a program that has one open anyway. */
export async function graphqlPublisher(
  url: string,
  protocol: Protocol,
  token: string | null,
): Promise<Publisher> {
  const socket = await LoadSocket.open({ url, ...protocol }, new Tally());
  await protocol.greet(socket, token);
  const run = crypto.randomUUID();
  const refusals: string[] = [];
  const hear = (text: string) => {
    if (/"type":"error"|"errors":/.test(text)) refusals.push(text);
  };
  socket.onText = hear;
  socket.onDelivery = (_opcode, chunk, start, end) => hear(chunk.toString('utf8', start, end));
  socket.onLost = (reason) => refusals.push(reason);
  return {
    refusals,
    send(roomId, body, id) {
      const input = { roomId, body, idempotencyKey: `${run}.${id}` };
      const payload = { query: SEND, variables: { input } };
      socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload }));
    },
    close: () => socket.close(),
  };
}

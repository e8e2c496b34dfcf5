/** Who sends: over a socket of their own, or by HTTP where that is how mutations are sent. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
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

/** GraphQL over HTTP, on connections that stay. */
export function httpPublisher(url: string, token: string | null): Publisher {
  const agent = new Agent({ keepAlive: true });
  const run = crypto.randomUUID();
  const headers = {
    'content-type': 'application/json',
    ...(token && { authorization: `Bearer ${token}` }),
  };
  const refusals: string[] = [];
  const post = async (input: object): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      text(response).then(resolve, reject);
    })
      .on('error', reject)
      .end(JSON.stringify({ query: SEND, variables: { input } }));
    return promise;
  };
  return {
    refusals,
    send(roomId, body, id) {
      post({ roomId, body, idempotencyKey: `${run}.${id}` }).then(
        (answer) => {
          if (!answer.startsWith('{"data":{"sendMessage":{"message":{"id"')) refusals.push(answer);
        },
        (error) => refusals.push(String(error)),
      );
    },
    close: () => agent.destroy(),
  };
}

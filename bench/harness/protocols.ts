/** How clients of each kind of server speak. */
import type { LoadSocket } from './load-socket.ts';
import { graphqlPublisher, type Publisher, socketPublisher } from './publisher.ts';

export interface Protocol {
  path: string;
  subprotocol: string | null;
  /** All that goes before the first subscription. */
  greet(socket: LoadSocket, token: string | null): Promise<void>;
  /** Asks for the messages of a room from now on. */
  subscribe(socket: LoadSocket, room: string): void;
  publish(url: string, token: string | null): Promise<Publisher>;
}

export const rawProtocol: Protocol = {
  path: '/',
  subprotocol: null,
  async greet() {},
  subscribe(socket, room) {
    socket.send(JSON.stringify({ room }));
  },
  publish: (url) =>
    socketPublisher(url, rawProtocol, (room, body) => JSON.stringify({ room, body })),
};

/** https://socket.io/docs/v4/socket-io-protocol/ over Engine.IO 4, by WebSocket from the start. */
export const socketIoProtocol: Protocol = {
  path: '/socket.io/?EIO=4&transport=websocket',
  subprotocol: null,
  async greet(socket) {
    const connected = socket.wait((text) => text.startsWith('40'));
    socket.send('40');
    await connected;
    socket.onText = (text) => {
      if (text === '2') socket.send('3');
    };
  },
  subscribe(socket, room) {
    socket.send(`42${JSON.stringify(['join', room])}`);
  },
  publish: (url) =>
    socketPublisher(
      url,
      socketIoProtocol,
      (room, body) => `42${JSON.stringify(['message', { room, body }])}`,
    ),
};

const SUBSCRIPTION = `subscription ($roomId: ID!) {
  messageAdded(roomId: $roomId) {
    cursor node { id seq body createdAt author { id username displayName } }
  }
}`;

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export const graphqlProtocol: Protocol = {
  path: '/graphql',
  subprotocol: 'graphql-transport-ws',
  async greet(socket, token) {
    const acknowledged = socket.wait((text) => text.includes('connection_ack'));
    const payload = token ? { authorization: `Bearer ${token}` } : {};
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    await acknowledged;
  },
  subscribe(socket, roomId) {
    const payload = { query: SUBSCRIPTION, variables: { roomId } };
    // An id like those that the client of graphql-ws makes.
    socket.send(JSON.stringify({ id: crypto.randomUUID(), type: 'subscribe', payload }));
  },
  publish: (url, token) => graphqlPublisher(url, graphqlProtocol, token),
};

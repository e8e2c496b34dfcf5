/**
 * Raw `ws`: one string to every client of a room, as "Server broadcast" in its README has it
 * (https://github.com/websockets/ws#server-broadcast), with a set of clients for each room.
 */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { announce, postMessage } from './messages.ts';

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer();
const wss = new WebSocketServer({ server });

wss.on('connection', (ws) => {
  ws.on('error', console.error);
  ws.on('message', (data) => {
    const { room, body } = JSON.parse(String(data)) as { room: string; body?: string };
    const clients = clientsOf(room);
    if (body === undefined) {
      clients.add(ws);
      ws.on('close', () => clients.delete(ws));
      return;
    }
    const payload = { data: { messageAdded: postMessage(room, body) } };
    const message = JSON.stringify({ id: '1', type: 'next', payload });
    clients.forEach((client) => {
      if (client.readyState === WebSocket.OPEN) client.send(message);
    });
  });
});

announce(server);

function clientsOf(room: string): Set<WebSocket> {
  const clients = rooms.get(room) ?? new Set();
  rooms.set(room, clients);
  return clients;
}

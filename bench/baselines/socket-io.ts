/** Socket.IO, as https://socket.io/docs/v4/rooms/ has it, with its defaults. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { announce, postMessage } from './messages.ts';

const httpServer = createServer();
const io = new Server(httpServer);

io.on('connection', (socket) => {
  socket.on('join', (room: string) => {
    void socket.join(room);
  });
  socket.on('message', ({ room, body }: { room: string; body: string }) => {
    io.to(room).emit('message', { data: { messageAdded: postMessage(room, body) } });
  });
});

announce(httpServer);

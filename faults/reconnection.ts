/** A crowd comes back at once, from all over the log, and reads each page of it once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { postMessage } from '../api/message/message.ts';
import { LOG_PAGE_SIZE } from '../api/live/log.ts';
import { bearer } from '../api/test/client.ts';
import { people } from '../api/test/people.ts';
import { LoadSocket, Tally } from '../bench/harness/load-socket.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { startInProcess, until } from './in-process.ts';

const CLIENTS = { quick: 300, full: 5_000 };
const MESSAGES = { quick: 450, full: 650 };
const PATIENCE_MS = 300_000;
const RETRY_MS = 500;
/** Long enough to be counted as delivered. */
const BODY = 'x'.repeat(200);

const QUERY = `subscription ($roomId: ID!, $after: String) {
  messageAdded(roomId: $roomId, after: $after) { cursor node { seq body } }
}`;

export const reconnection: Fault = {
  number: 15,
  name: 'a crowd reconnects at once',
  async run({ scale, random }: Trial): Promise<Outcome> {
    await using server = await startInProcess();
    const { app, url } = server;
    const { ann, bob, room, roomId } = await people(app);
    const say = (number: number) =>
      postMessage(app, ann, { roomId: room.id, body: BODY, idempotencyKey: String(number) });
    let head = 0;
    for (let number = 0; number < MESSAGES[scale]; number++) head = (await say(number)).seq;

    let reads = 0;
    const { pool } = app.db;
    const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
    pool.query = ((...args: [{ name?: string }]) => {
      if (args[0].name === 'read-after') reads++;
      return query(...args);
    }) as never;

    const began = Date.now();
    const clients = Array.from({ length: CLIENTS[scale] }, (_, number) => ({
      // From somewhere in the log, at the earliest behind the joinings.
      position: 2 + random.below(head - 2),
      wrong: 0,
      token: (number % 2 ? ann : bob).token,
      socket: null as LoadSocket | null,
    }));
    const tally = new Tally();
    let refusals = 0;
    let isOver = false;
    /** Until it follows; whoever is turned away, or is closed later, comes back from where it is. */
    async function comeBack(client: (typeof clients)[number]): Promise<void> {
      for (; !isOver; refusals++) {
        try {
          const socket = await LoadSocket.open(
            { url, path: '/graphql', subprotocol: 'graphql-transport-ws' },
            tally,
          );
          const lost = new Promise<never>((_, reject) => {
            socket.onLost = (reason) => reject(new Error(reason));
          });
          lost.catch(() => {
            if (client.socket !== socket) return;
            refusals++;
            void comeBack(client);
          });
          socket.onDelivery = (_opcode, chunk, start, end) => {
            const seq = Number(/"seq":(\d+)/.exec(chunk.toString('latin1', start, end))?.[1]);
            if (seq !== client.position + 1) client.wrong++;
            client.position = seq;
          };
          const acknowledged = socket.wait((text) => text.includes('connection_ack'));
          socket.send(JSON.stringify({ type: 'connection_init', payload: bearer(client.token) }));
          await Promise.race([acknowledged, lost]);
          client.socket = socket;
          const variables = { roomId, after: `${app.db.epoch}.${client.position}` };
          socket.send(
            JSON.stringify({ type: 'subscribe', id: '1', payload: { query: QUERY, variables } }),
          );
          return;
        } catch {
          await sleep(RETRY_MS * Math.random());
        }
      }
    }
    await Promise.all(clients.map(comeBack));
    const isLive = () => app.fanout.subscribers === clients.length;
    const areAt = (seq: number) => clients.every(({ position }) => position === seq);
    const areCaughtUp = await until(() => isLive() && areAt(head), PATIENCE_MS);
    const seconds = (Date.now() - began) / 1000;
    const readForAll = reads;
    const { seq } = await say(-1);
    const areLive = await until(() => areAt(seq));
    isOver = true;
    const wrong = clients.reduce((sum, client) => sum + client.wrong, 0);
    for (const { socket } of clients) socket?.close();
    await until(() => app.fanout.subscribers === 0);

    const pages = Math.ceil(head / LOG_PAGE_SIZE);
    const violations: string[] = [];
    if (!areCaughtUp || !areLive) {
      const behind = clients.filter(({ position }) => position !== seq).length;
      violations.push(`${behind} are behind`);
    }
    if (wrong > 0) violations.push(`${wrong} lost, double or out of order`);
    if (readForAll > pages) violations.push(`${readForAll} reads of ${pages} pages`);
    return {
      figures:
        `${clients.length.toLocaleString('en')} clients, ` +
        `${tally.deliveries.toLocaleString('en')} messages, ${readForAll} reads of ${pages} pages, ` +
        `${refusals} turned away at first, all caught up in ${seconds.toFixed(1)} s, ${violations.length} violations`,
      violations,
    };
  },
};

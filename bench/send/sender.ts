/** Mutations over one WebSocket, so many at a time, each answered before its place is taken again. */
import type { Running } from '../harness/contestants.ts';
import { BenchFailure } from '../harness/failure.ts';
import { LoadSocket, Tally } from '../harness/load-socket.ts';
import { textOf } from '../harness/numbering.ts';
import { SEND } from '../harness/publisher.ts';

/** For what is under way when the time is over. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface Sends {
  sends: number;
  seconds: number;
  cpuSeconds: number;
  /** From just before a message is sent until its mutation is complete. */
  latenciesMs: number[];
}

/** @throws BenchFailure where a message is refused, or not answered. */
export async function sendFor(
  durationMs: number,
  { process, protocol, publisher }: Running,
  rooms: string[],
  inFlight: number,
): Promise<Sends> {
  const run = crypto.randomUUID();
  const sentAt: number[] = [];
  const latenciesMs: number[] = [];
  const done = Promise.withResolvers<null>();
  const socket = await LoadSocket.open({ url: process.url, ...protocol }, new Tally());
  await protocol.greet(socket, publisher);
  let isOver = false;
  const send = () => {
    const id = sentAt.length;
    const roomId = rooms[id % rooms.length];
    const input = { roomId, body: textOf(id), idempotencyKey: `${run}.${id}` };
    const payload = { query: SEND, variables: { input } };
    sentAt.push(performance.now());
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload }));
  };
  const refused = (text: string) =>
    done.reject(new BenchFailure(`A send over WebSocket was refused: ${text}`));
  socket.onDelivery = (_opcode, chunk, start, end) => refused(chunk.toString('utf8', start, end));
  socket.onText = (text) => {
    const { id, type, payload } = JSON.parse(text) as {
      id?: string;
      type: string;
      payload?: { data?: { sendMessage?: unknown } };
    };
    if (type === 'next' && !payload?.data?.sendMessage) return refused(text);
    if (type === 'error') return refused(text);
    if (type !== 'complete') return;
    latenciesMs.push(performance.now() - sentAt[Number(id)]!);
    if (!isOver) send();
    else if (latenciesMs.length === sentAt.length) done.resolve(null);
  };
  socket.onLost = (reason) => refused(reason);

  const cpuBefore = process.time().usedSeconds;
  const start = performance.now();
  for (let sent = 0; sent < inFlight; sent++) send();
  const over = setTimeout(() => (isOver = true), durationMs);
  const late = setTimeout(() => refused('no answer'), durationMs + ANSWER_TIMEOUT_MS);
  try {
    await done.promise;
    const seconds = (performance.now() - start) / 1000;
    const cpuSeconds = process.time().usedSeconds - cpuBefore;
    return { sends: sentAt.length, seconds, cpuSeconds, latenciesMs };
  } finally {
    clearTimeout(over);
    clearTimeout(late);
    socket.close();
  }
}

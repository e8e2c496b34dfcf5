/** The answers to sends are lost, and the sends done again, until one is answered. */
import { connect } from '../api/test/client.ts';
import { SEND, type Said, send } from '../api/test/said.ts';
import type { Line } from '../api/test/watch.ts';
import { seeded } from '../api/test/random.ts';
import { tally } from './checker.ts';
import type { Fault } from './fault.ts';
import { startLossyProxy } from './lossy-proxy.ts';
import { openStage } from './stage.ts';
import { judge } from './testimony.ts';
import { startWriters } from './writers.ts';

const SIZES = { quick: { retries: 600 }, full: { retries: 10_000 } };
const READERS = 6;
const WRITERS = 16;
/** Of so many answers one comes through. */
const ONE_IN = 2;

export const answers: Fault = {
  number: 10,
  name: 'answers to sends are lost',
  async run({ scale, random }) {
    const { retries } = SIZES[scale];
    await using stage = await openStage({ members: WRITERS, readers: READERS });
    const { servers, room } = stage;
    const dice = seeded(random.below(2 ** 31));
    const loses = () => dice.below(ONE_IN) > 0;
    await using one = await startLossyProxy(servers.urls[0]!, loses);
    await using other = await startLossyProxy(servers.urls[1]!, loses);
    const proxies = [one.url, other.url];

    let turn = 0;
    let resent = 0;
    using writing = startWriters({
      ...room,
      // Once more to the same process, or to the other one.
      url: () => proxies[turn++ % proxies.length]!,
      // Every fourth writer sends over WebSocket, where the library does it again by itself.
      post: (said, body, key) =>
        /^member-\d*[048]\./.test(key)
          ? sendBySocket(said, body, key, proxies, () => resent++)
          : send(said, body, key),
    });
    while (writing.retries + resent < retries) {
      await writing.counted(writing.acknowledged.size + 1);
    }

    const verdict = await judge(stage, writing);
    return {
      figures:
        `${(writing.retries + resent).toLocaleString('en')} retries, ${resent} of them over ` +
        `WebSocket, of ${writing.acknowledged.size.toLocaleString('en')} messages; ` +
        `${one.lost + other.lost} answers lost; ${tally(verdict)}`,
      violations: verdict.violations,
    };
  },
};

/** Sends over a WebSocket of its own, whose client sends it again wherever the socket is cut. */
async function sendBySocket(
  { token, roomId }: Said,
  body: string,
  idempotencyKey: string,
  urls: string[],
  onResend: () => void,
): Promise<Line> {
  let turn = 0;
  let sent = 0;
  const client = connect(() => urls[turn++ % urls.length]!, token);
  client.on('connected', () => {
    if (sent++ > 0) onResend();
  });
  const input = { roomId, body, idempotencyKey };
  return new Promise((resolve, reject) => {
    // With its only operation the client closes its socket.
    client.subscribe<{ sendMessage: { message: Line } }>(
      { query: SEND, variables: { input } },
      {
        next({ data, errors }) {
          if (data) resolve(data.sendMessage.message);
          else reject(new Error(JSON.stringify(errors)));
        },
        error: reject,
        complete: () => {},
      },
    );
  });
}

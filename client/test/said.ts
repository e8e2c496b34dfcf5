/** What was said in a room, and what a reader saw of it. */
import type { MessageEdge, RoomClient } from '../src/client.ts';

const IN_FLIGHT = 8;
const PAGE_SIZE = 300;

/** Says `count` lines by turns, several at a time. */
export async function say(writers: RoomClient[], line: string, count: number): Promise<void> {
  let next = 0;
  const speak = async () => {
    for (let number = next++; number < count; number = next++) {
      await writers[number % writers.length]!.send(`${line}.${number}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, speak));
}

/** The whole history, paged from its beginning. */
export async function readAll(room: RoomClient): Promise<MessageEdge[]> {
  const said: MessageEdge[] = [];
  for (let after: string | null = null; ;) {
    const { messages } = await room.history({ first: PAGE_SIZE, after }, { retry: true });
    said.push(...messages.edges);
    if (!messages.pageInfo.hasNextPage) return said;
    after = messages.pageInfo.endCursor;
  }
}

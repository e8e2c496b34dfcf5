/**
 * How a server ends under load. Who is connected leaves spread over a window, so that not all come
 * back at one moment; what has begun is finished, for as long as DRAIN_TIMEOUT_MS.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Plugin } from 'graphql-yoga';

/** So many leave within a second, and all within the longest window. */
const LEAVING_PER_SECOND = 1_000;
const LONGEST_WINDOW_MS = 5_000;
/** How long what has begun may take to end. */
const DRAIN_TIMEOUT_MS = 5_000;

/** Lets each go at a random moment of a window that grows with how many they are. */
export async function leaveSpread<T>(all: Iterable<T>, leave: (one: T) => void): Promise<void> {
  const leaving = [...all];
  const window = Math.min((leaving.length / LEAVING_PER_SECOND) * 1000, LONGEST_WINDOW_MS);
  await Promise.all(
    leaving.map(async (one) => {
      await sleep(Math.random() * window);
      leave(one);
    }),
  );
}

/** What a server is doing: answering requests, and executing operations that came over sockets. */
export class Work {
  readonly #responses = new Set<ServerResponse>();
  #operations = 0;
  #isEnding = false;
  #idle = Promise.withResolvers<void>();

  /** Counts a response until it is closed. */
  answer(response: ServerResponse): void {
    this.#responses.add(response);
    if (this.#isEnding) response.setHeader('connection', 'close');
    response.once('close', () => {
      this.#responses.delete(response);
      this.#tell();
    });
  }

  /** Counts the executions of operations, wherever they came in. */
  get plugin(): Plugin {
    return {
      onExecute: ({ executeFn, setExecuteFn }) =>
        setExecuteFn((args: unknown) => this.#count(() => executeFn(args as never))),
      onSubscribe: ({ subscribeFn, setSubscribeFn }) =>
        setSubscribeFn((args: unknown) => this.#count(() => subscribeFn(args as never))),
    };
  }

  /** Cuts event streams off, whose clients then come back, and waits for all else to end. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await leaveSpread([...this.#responses].filter(isEventStream), (stream) => stream.destroy());
    this.#tell();
    await Promise.race([this.#idle.promise, sleep(DRAIN_TIMEOUT_MS, undefined, { ref: false })]);
  }

  #count<Result>(act: () => Result): Result {
    this.#operations++;
    const done = () => {
      this.#operations--;
      this.#tell();
    };
    let result: Result;
    try {
      result = act();
    } catch (error) {
      done();
      throw error;
    }
    if (result instanceof Promise) result.then(done, done);
    else done();
    return result;
  }

  #tell(): void {
    if (this.#isEnding && this.#responses.size + this.#operations === 0) this.#idle.resolve();
  }
}

const isEventStream = (response: ServerResponse) =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');

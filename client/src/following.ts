/**
 * What a room tells from a cursor on, as an async iterator. It owns a queue between the transport and its consumer, and
 * the cursor of the last edge that was queued. Invariants: each edge is given once, in order; past QUEUE_LIMIT edges
 * that wait it stops listening, and goes on from its cursor once they were taken. It ends with `return()`, with its
 * signal or its client, or when the server ends it; what was queued before a refusal is given before it is thrown.
 *
 * A class and no async generator, because `return()` of a generator that waits for the next edge does not end the wait.
 */
import { isPassing, type ParleyError, refusalOf } from './error.ts';
import { pauseAfter, persist } from './persist.ts';
import type { Transport } from './transport.ts';
import type { Wakeup } from './wakeup.ts';

/** How many edges may wait for a slow consumer. */
export const QUEUE_LIMIT = 1000;

export interface FollowOptions {
  /** A cursor of the room: everything past it is given. Without one, whatever happens from the first `next()` on. */
  after?: string | null | undefined;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /**
   * Called where the cursor is of a history that is no more, as after a restored backup, once all that came before was
   * taken. It reads the room afresh and gives the cursor to go on from. Without it RESYNC_REQUIRED is thrown.
   */
  onResync?: ((error: ParleyError) => string | Promise<string>) | undefined;
}

export interface Source<Edge> {
  transport: Transport;
  wakeup: Wakeup;
  query: string;
  variables: object;
  /** The edge in the data of a result. */
  edgeOf(data: unknown): Edge;
  /** Reads the cursor of the room's head. */
  readHead(signal: AbortSignal): Promise<string>;
}

type Step<Edge> = IteratorResult<Edge, undefined>;

export class Following<Edge extends { cursor: string }> implements AsyncIterableIterator<
  Edge,
  undefined
> {
  readonly #source: Source<Edge>;
  readonly #onResync: FollowOptions['onResync'];
  readonly #ending = new AbortController();
  #cursor: string | null;
  #queue: Edge[] = [];
  #waiting: PromiseWithResolvers<Step<Edge>>[] = [];
  /** What goes on once the consumer has taken all that is queued, and asks for more. */
  #resume: (() => void) | null = () => void this.#start();
  #unsubscribe = () => {};
  #failures = 0;
  #failure: { error: unknown } | null = null;

  /** @param signals each of which ends it */
  constructor(source: Source<Edge>, { after, onResync }: FollowOptions, signals: AbortSignal[]) {
    this.#source = source;
    this.#cursor = after ?? null;
    this.#onResync = onResync;
    const end = () => void this.return();
    for (const signal of signals) {
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true, signal: this.#ending.signal });
    }
  }

  next(): Promise<Step<Edge>> {
    const edge = this.#queue.shift();
    if (edge) return Promise.resolve({ done: false, value: edge });
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    if (this.#ending.signal.aborted) return Promise.resolve(DONE);
    const waiting = Promise.withResolvers<Step<Edge>>();
    this.#waiting.push(waiting);
    const resume = this.#resume;
    this.#resume = null;
    resume?.();
    return waiting.promise;
  }

  async return(): Promise<Step<Edge>> {
    this.#queue = [];
    this.#end();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #start(): Promise<void> {
    const { wakeup, readHead } = this.#source;
    const { signal } = this.#ending;
    try {
      this.#cursor ??= await persist(() => readHead(signal), wakeup, signal);
      this.#subscribe();
    } catch (error) {
      this.#fail(error);
    }
  }

  #subscribe(): void {
    if (this.#ending.signal.aborted) return;
    const { transport, query, variables, edgeOf } = this.#source;
    this.#unsubscribe = transport.subscribe(
      { query, variables: { ...variables, after: this.#cursor } },
      {
        next: ({ data, errors }) => {
          if (errors || !data) this.#refused(refusalOf(errors));
          else this.#take(edgeOf(data));
        },
        error: (error) => this.#refused(error),
        complete: () => this.#end(),
      },
    );
  }

  #take(edge: Edge): void {
    this.#failures = 0;
    this.#cursor = edge.cursor;
    const waiting = this.#waiting.shift();
    if (waiting) return waiting.resolve({ done: false, value: edge });
    this.#queue.push(edge);
    if (this.#queue.length < QUEUE_LIMIT) return;
    this.#unsubscribe();
    this.#whenTaken(() => this.#subscribe());
  }

  #refused(error: ParleyError): void {
    this.#unsubscribe();
    if (isPassing(error) || error.code === 'INTERNAL') void this.#comeBack(error);
    else if (error.code === 'RESYNC_REQUIRED' && this.#onResync) {
      const resync = this.#onResync;
      this.#whenTaken(() => void this.#resync(() => resync(error)));
    } else this.#fail(error);
  }

  async #comeBack(error: ParleyError): Promise<void> {
    await pauseAfter(error, this.#failures++, this.#source.wakeup, this.#ending.signal);
    this.#subscribe();
  }

  async #resync(readAfresh: () => string | Promise<string>): Promise<void> {
    try {
      this.#cursor = await persist(readAfresh, this.#source.wakeup, this.#ending.signal);
      this.#subscribe();
    } catch (error) {
      this.#fail(error);
    }
  }

  #whenTaken(resume: () => void): void {
    if (this.#waiting.length > 0) resume();
    else this.#resume = resume;
  }

  #fail(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#failure = { error };
    this.#end();
  }

  #end(): void {
    this.#ending.abort();
    this.#unsubscribe();
    for (const { resolve } of this.#waiting.splice(0)) resolve(DONE);
  }
}

const DONE = { done: true, value: undefined } as const;

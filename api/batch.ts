/**
 * Many questions in one. What is asked in one turn of the event loop, or while batches are under way,
 * goes into one batch, and nobody waits for company: where a lane is free, the batch goes at the end of
 * the turn, with one question if there is no other.
 */
import { setImmediate as nextTurn } from 'node:timers';
import { Refusal } from './errors.ts';

export interface BatchOptions<Question, Answer> {
  /** Answers in the order of the questions; an answer that rejects fails its own question only. */
  ask: (questions: Question[]) => Promise<(Answer | Promise<Answer>)[]>;
  /** Questions of one batch at most. */
  size: number;
  /** Batches under way at once at most. */
  lanes: number;
  /** Questions of one key are never in two batches at once, so that their order is kept. */
  keyOf?: (question: Question) => string;
}

/** Questions that may wait; one more is refused. */
const WAITING_LIMIT = 10_000;

interface Waiting<Question, Answer> {
  question: Question;
  resolve: (answer: Answer | Promise<Answer>) => void;
  reject: (error: unknown) => void;
}

export class Batch<Question, Answer> {
  readonly #options: BatchOptions<Question, Answer>;
  /** By key, the one that was served last at the end. */
  readonly #queues = new Map<string, Waiting<Question, Answer>[]>();
  readonly #busyKeys = new Set<string>();
  #waiting = 0;
  #underWay = 0;
  #isScheduled = false;

  constructor(options: BatchOptions<Question, Answer>) {
    this.#options = options;
  }

  /** @throws Refusal UNAVAILABLE where too many wait; whatever `ask` throws. */
  async ask(question: Question): Promise<Answer> {
    if (this.#waiting >= WAITING_LIMIT) {
      throw new Refusal('UNAVAILABLE', 'The server has too much to do. Try again in a moment.');
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const key = this.#options.keyOf?.(question) ?? '';
    const queue = this.#queues.get(key) ?? [];
    this.#queues.set(key, queue);
    queue.push({ question, resolve, reject });
    this.#waiting++;
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay === this.#options.lanes) return;
    this.#isScheduled = true;
    nextTurn(() => {
      this.#isScheduled = false;
      this.#start();
    });
  }

  #start(): void {
    while (this.#underWay < this.#options.lanes) {
      const { batch, keys } = this.#take();
      if (batch.length === 0) return;
      this.#underWay++;
      void this.#run(batch).then(() => {
        this.#underWay--;
        for (const key of keys) this.#busyKeys.delete(key);
        if (this.#waiting > 0) this.#schedule();
      });
    }
  }

  #take() {
    const { size, keyOf } = this.#options;
    const batch: Waiting<Question, Answer>[] = [];
    const keys: string[] = [];
    for (const [key, queue] of this.#queues) {
      if (batch.length === size) break;
      if (this.#busyKeys.has(key)) continue;
      batch.push(...queue.splice(0, size - batch.length));
      this.#queues.delete(key);
      if (queue.length > 0) this.#queues.set(key, queue);
      if (!keyOf) continue;
      keys.push(key);
      this.#busyKeys.add(key);
    }
    this.#waiting -= batch.length;
    return { batch, keys };
  }

  async #run(batch: Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.ask(batch.map(({ question }) => question));
      batch.forEach(({ resolve }, index) => resolve(answers[index]!));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

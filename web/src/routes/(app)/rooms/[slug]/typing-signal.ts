import { isBlank } from './composing.ts';

/** The server forgets a typist after five seconds. */
const REPEAT_MS = 2_500;

/** Tells others that the viewer types: while the text changes, now and then, until it is gone or sent. */
export class TypingSignal {
  readonly #say: (isTyping: boolean) => Promise<unknown>;
  #saidAt: number | null = null;
  #underWay: Promise<unknown> = Promise.resolve();
  #isUnderWay = false;

  /** @param say tells the server; it must not reject. */
  constructor(say: (isTyping: boolean) => Promise<unknown>) {
    this.#say = say;
  }

  /** The text has been changed by hand. */
  changed(text: string, now = performance.now()): void {
    if (isBlank(text)) return this.stop();
    if (this.#saidAt !== null && now - this.#saidAt < REPEAT_MS) return;
    this.#saidAt = now;
    this.#tell(true);
  }

  /** The text was sent. The message ends it for others, unless it overtakes what was said last. */
  sent(): void {
    this.#saidAt = null;
    if (this.#isUnderWay) void this.#underWay.then(() => this.#saidAt ?? this.#tell(false));
  }

  /** There is nothing to send any more, or nobody to write it. */
  stop(): void {
    if (this.#saidAt === null) return;
    this.#saidAt = null;
    this.#tell(false);
  }

  #tell(isTyping: boolean): void {
    this.#isUnderWay = true;
    const telling = this.#underWay
      .then(() => this.#say(isTyping))
      .then(() => {
        if (this.#underWay === telling) this.#isUnderWay = false;
      });
    this.#underWay = telling;
  }
}

const RECENT = 'parley:emoji';
const TONE = 'parley:emoji-tone';
const MAX_RECENT = 18;
/** What most people react with most, for whoever has not reacted yet. */
const COMMON = ['👍', '❤️', '😂', '🎉', '🙏', '👀'];

/** Which emoji this browser's person uses, and in which skin tone. Storage that is forbidden only costs the keeping. */
export class EmojiHabits {
  #recent: string[] = $state.raw([]);
  #tone = $state(0);

  /** Reads what only the browser knows. Call after hydration. */
  load(): void {
    this.#recent = (read(RECENT) ?? '').split(' ').filter(Boolean).slice(0, MAX_RECENT);
    this.#tone = Number(read(TONE)) || 0;
  }

  /** The latest first. */
  get recent(): readonly string[] {
    return this.#recent;
  }

  /** What to offer before anything is asked for: the latest, and then what most people use. */
  get favourites(): readonly string[] {
    return [...new Set([...this.#recent, ...COMMON])];
  }

  /** 0 for none, 1 (light) to 5 (dark). */
  get tone(): number {
    return this.#tone;
  }

  set tone(tone: number) {
    this.#tone = tone;
    write(TONE, String(tone));
  }

  use(emoji: string): void {
    this.#recent = [emoji, ...this.#recent.filter((other) => other !== emoji)].slice(0, MAX_RECENT);
    write(RECENT, this.#recent.join(' '));
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is known for as long as the page lives.
  }
}

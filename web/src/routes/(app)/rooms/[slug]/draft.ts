/** The unsent text of one room, kept in this browser. Storage that is full or forbidden only costs the keeping. */
export class Draft {
  readonly #key: string;

  constructor(userId: string, roomId: string) {
    this.#key = `parley:draft:${userId}:${roomId}`;
  }

  read(): string {
    try {
      return localStorage.getItem(this.#key) ?? '';
    } catch {
      return '';
    }
  }

  write(text: string): void {
    try {
      if (text) localStorage.setItem(this.#key, text);
      else localStorage.removeItem(this.#key);
    } catch {
      // The text is still in the field.
    }
  }
}

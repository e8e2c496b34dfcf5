import type { AttachmentFragment } from '#lib/graphql/generated/graphql.ts';
import type { Row } from '../rows.ts';

/** The pictures of a list of messages, one of which may be shown by itself. */
export class Gallery {
  viewed: AttachmentFragment | undefined = $state.raw();
  readonly #rows: () => readonly Row[];

  constructor(rows: () => readonly Row[]) {
    this.#rows = rows;
  }

  /** All that can be turned to. */
  get images(): AttachmentFragment[] {
    return this.#rows()
      .flatMap((row) => (row.kind === 'message' ? row.message.attachments : []))
      .filter(({ kind }) => kind === 'IMAGE');
  }
}

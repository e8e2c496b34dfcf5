import type { BlockedUserFragment } from '#lib/graphql/generated/graphql.ts';

/** What can be opened from everywhere in the app, over the page. */
export class Dialogs {
  creatingRoom = $state(false);
  writing = $state(false);
  helping = $state(false);
  editingStatus = $state(false);
  /** Who is to be blocked, if the viewer says so. */
  toBlock: BlockedUserFragment | null = $state.raw(null);
  /** Whose card is open, and beside what. */
  profile: { userId: string; anchor: HTMLElement } | null = $state.raw(null);

  /** On a narrow screen, what was opened from the list of rooms must not stay open behind the next page. */
  leavePage(): void {
    this.creatingRoom = this.writing = false;
    this.profile = null;
  }
}

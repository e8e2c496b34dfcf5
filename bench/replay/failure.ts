/** What ends a replay: one line for whoever ran it, with the cause and the remedy. */
export class ReplayFailure extends Error {
  override name = 'ReplayFailure';
}

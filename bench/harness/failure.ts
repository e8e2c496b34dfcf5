/** What ends a bench: one line for whoever ran it, with the cause and the remedy. */
export class BenchFailure extends Error {
  override name = 'BenchFailure';
}

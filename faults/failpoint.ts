/**
 * Loaded before a server by `node --import`: the process dies once a transaction with MORTAL in one of
 * its parameters is committed, before anybody in it learns so. It watches PostgreSQL's ReadyForQuery,
 * whose status is `I` only outside of a transaction.
 */
import pg from 'pg';
import { MORTAL } from './mortal.ts';

interface Internals {
  _getActiveQuery(): { text?: string; values?: unknown[] } | null;
  _handleReadyForQuery(message: { status: string }): void;
}

const prototype = pg.Client.prototype as unknown as Internals;
const passOn = prototype._handleReadyForQuery;
/** Clients in whose open transaction it was written. */
const doomed = new WeakSet<Internals>();

prototype._handleReadyForQuery = function (message) {
  // After an error there is none.
  const query = this._getActiveQuery();
  if (query && JSON.stringify(query.values ?? []).includes(MORTAL)) doomed.add(this);
  if (message.status === 'I' && doomed.delete(this) && !/^ROLLBACK/i.test(query?.text ?? '')) {
    process.kill(process.pid, 'SIGKILL');
  }
  passOn.call(this, message);
};

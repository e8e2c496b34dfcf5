/** Which statements the database is asked for on somebody's behalf, whatever else the server does meanwhile. */
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

const recording = new AsyncLocalStorage<string[]>();

/** What the pool asks of each new connection; that it makes one depends on how busy the others are. */
const OF_CONNECTING = / AS mark, /;

/** Listens to all connections of this process from now on, until it is called off. */
export function listenToStatements(): Disposable {
  const query = pg.Client.prototype.query;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [statement] = args as [string | { text: string }];
    const text = typeof statement === 'string' ? statement : statement.text;
    if (!OF_CONNECTING.test(text)) recording.getStore()?.push(text);
    return query.apply(this, args as never);
  } as typeof query;
  return { [Symbol.dispose]: () => void (pg.Client.prototype.query = query) };
}

/** The statements that an act asks for, in their order. */
export async function statementsOf(act: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  await recording.run(statements, act);
  // What goes on after the answer is not the answer's.
  return [...statements];
}

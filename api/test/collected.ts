import { expect } from 'vitest';
import type { App } from '../app.ts';
import { collectMessages } from '../search/collector.ts';

/** Resolves once all that was said can be found, whoever collects it. */
export async function collected({ db }: App): Promise<void> {
  await expect.poll(() => collectMessages(db.pool), { timeout: 20_000 }).toBe(true);
}

import { OPERATOR } from '../account/operator.ts';
import type { App } from '../app.ts';
import { recordDeed } from '../audit/audit.ts';
import type { ExportSubject } from './export.ts';

/** Keeps that whoever runs the server exports something. Before it is written, so that what is written is what there is. */
export async function recordExport(
  { db }: Pick<App, 'db'>,
  { kind, subject }: ExportSubject,
): Promise<void> {
  await db.commit(async (tx) => {
    if (kind === 'SERVER') return recordDeed(tx, OPERATOR, { action: 'SERVER_EXPORTED' });
    const { id, name } = subject!;
    if (kind === 'PERSON') {
      const user = { id, username: name };
      return recordDeed(tx, OPERATOR, { action: 'USER_EXPORTED', user });
    }
    const room = await tx.room.findFirst({ where: { id, kind: 'ROOM' } });
    return recordDeed(tx, OPERATOR, { action: 'ROOM_EXPORTED', ...(room && { room }) });
  });
}

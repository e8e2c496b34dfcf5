import { Batch } from '../batch.ts';
import type { Db } from '../db.ts';
import type { File } from '../generated/prisma/client.ts';

/** The files of a message, in their order. */
export type AttachmentLookup = Batch<{ roomId: string; seq: number }, File[]>;

/** The largest page of messages. */
const LOOKUP_SIZE = 500;
const LOOKUP_LANES = 4;

/** Messages of one page, or of one turn of the event loop, are asked for together. */
export function createAttachmentLookup({ prisma }: Db): AttachmentLookup {
  return new Batch({
    size: LOOKUP_SIZE,
    lanes: LOOKUP_LANES,
    async ask(messages) {
      const byRoom = new Map<string, number[]>();
      for (const { roomId, seq } of messages) {
        const seqs = byRoom.get(roomId);
        if (seqs) seqs.push(seq);
        else byRoom.set(roomId, [seq]);
      }
      const files = await prisma.file.findMany({
        where: { OR: [...byRoom].map(([roomId, seqs]) => ({ roomId, messageSeq: { in: seqs } })) },
        orderBy: { position: 'asc' },
      });
      const found = Map.groupBy(files, ({ roomId, messageSeq }) => `${roomId}.${messageSeq}`);
      return messages.map(({ roomId, seq }) => found.get(`${roomId}.${seq}`) ?? []);
    },
  });
}

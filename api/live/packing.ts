/**
 * A hint as bytes, for other processes. An event comes along in the structured clone format, which
 * keeps its dates, and only to processes of the same release: another one's events may lack what
 * this one shows.
 */
import { deserialize, serialize } from 'node:v8';
import type { Hint, RoomHint } from './bus.ts';

/** A hint that would be larger goes without its event, which whoever wants it reads. */
export const MAX_PACKED_BYTES = 16 * 1024;

type Packed = Exclude<Hint, RoomHint> | (RoomHint & { release?: string });

export interface Packing {
  pack(hint: Hint): Buffer;
  /** Undefined for what is no hint. */
  unpack(bytes: Uint8Array): Hint | undefined;
}

export function createPacking(release: string): Packing {
  return {
    pack(hint) {
      if (!hint || !('seq' in hint) || !hint.event) return serialize(hint);
      const packed = serialize({ ...hint, release } satisfies Packed);
      return packed.length > MAX_PACKED_BYTES ? serialize({ seq: hint.seq }) : packed;
    },
    unpack(bytes) {
      const packed = read(bytes);
      if (packed === null) return null;
      if (typeof packed !== 'object') return undefined;
      if (!('seq' in packed)) return packed;
      if (!Number.isInteger(packed.seq)) return undefined;
      const { seq, event } = packed;
      return event && packed.release === release ? { seq, event } : { seq };
    },
  };
}

function read(bytes: Uint8Array): Packed | undefined {
  try {
    return deserialize(bytes) as Packed;
  } catch {
    return undefined;
  }
}

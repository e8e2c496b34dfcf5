/** Messages say their number, so that a probe knows which it has got without parsing it. */

const DIGITS = 8;
const FILLER = 'Hi all!';
const MARK = Buffer.from('"body":"#');
const SEQ = Buffer.from('"seq":');

export function textOf(number: number): string {
  return `#${String(number).padStart(DIGITS, '0')} ${FILLER}`;
}

/** The number of the message in a frame from `start` on, NaN where there is none. */
export function numberIn(chunk: Buffer, start: number): number {
  const digits = chunk.indexOf(MARK, start) + MARK.length;
  return Number(chunk.toString('latin1', digits, digits + DIGITS));
}

/** The message's number in its room, as the server gave it. */
export function seqIn(chunk: Buffer, start: number): number {
  const digits = chunk.indexOf(SEQ, start) + SEQ.length;
  return Number.parseInt(chunk.toString('latin1', digits, digits + DIGITS), 10);
}

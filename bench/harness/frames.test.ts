import { expect, test } from 'vitest';
import { encodeFrame, FrameReader, PING, TEXT } from './frames.ts';

const SHORT = 'of a length that fits';
const LONG = 'longer '.repeat(60);
const HUGE = 'very long '.repeat(6_600);

/** A frame as a server sends it, without a mask. */
function serverFrame(opcode: number, text: string): Buffer {
  const header = [0x80 | opcode];
  const { length } = Buffer.from(text);
  if (length < 126) header.push(length);
  else if (length < 65_536) header.push(126, length >> 8, length & 0xff);
  else header.push(127, 0, 0, 0, 0, 0, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
  return Buffer.concat([Buffer.from(header), Buffer.from(text)]);
}

test.each([1, 3, 100, 4_096, 1_000_000])('frames are found in reads of %i bytes', (size) => {
  const frames = [
    [TEXT, SHORT],
    [PING, ''],
    [TEXT, LONG],
    [TEXT, HUGE],
    [TEXT, SHORT],
  ] as const;
  const bytes = Buffer.concat(frames.map(([opcode, text]) => serverFrame(opcode, text)));
  const found: [number, string][] = [];
  const reader = new FrameReader((opcode, chunk, start, end) =>
    found.push([opcode, chunk.toString('utf8', start, end)]),
  );
  const memory = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    // The same memory for each read, as a socket has it.
    reader.read(memory.subarray(0, bytes.copy(memory, 0, at, at + size)));
  }
  expect(found).toEqual(frames);
});

test.each([SHORT, LONG])('a client’s frame is masked, and says what it says', (text) => {
  const frame = encodeFrame(TEXT, Buffer.from(text));
  expect(frame[1]! & 0x80).toBe(0x80);
  expect(frame.subarray(-text.length).toString()).toBe(text);
});

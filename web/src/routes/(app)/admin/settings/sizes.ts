/** Sizes as they are set: in mebibytes, of which a setting need not be a whole number. */
const MEBIBYTE = 1024 * 1024;

export const inMebibytes = (bytes: number): string => String(Number((bytes / MEBIBYTE).toFixed(3)));

/** Null for what is no size. */
export function fromMebibytes(text: string): number | null {
  const size = Number(text);
  return text.trim() === '' || Number.isNaN(size) || size < 0 ? null : Math.round(size * MEBIBYTE);
}

/** What a picture by itself takes of a conversation at most, in CSS pixels. */
const MAX_WIDTH = 400;
const MAX_HEIGHT = 320;

/** The size at which a picture is shown, known before it is there: nothing moves when it comes. */
export function fit({ width, height }: { width: number | null; height: number | null }) {
  if (!width || !height) return { width: MAX_WIDTH, height: MAX_HEIGHT };
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

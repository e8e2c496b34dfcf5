const GAP_PX = 4;
const MARGIN_PX = 8;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}
interface Size {
  width: number;
  height: number;
}

/**
 * Where something that floats is put: below what it belongs to, its right edges in line or its left ones, above where there is more
 * room, and always within the window.
 */
export function placeBeside(
  anchor: Box,
  { width, height }: Size,
  view: Size,
  align: 'start' | 'end' = 'end',
) {
  const within = (value: number, max: number) =>
    Math.max(MARGIN_PX, Math.min(value, max - MARGIN_PX));
  const below = anchor.bottom + GAP_PX;
  const above = anchor.top - GAP_PX - height;
  const fitsBelow = below + height <= view.height - MARGIN_PX;
  const prefersBelow = fitsBelow || view.height - anchor.bottom >= anchor.top;
  return {
    left: within(align === 'end' ? anchor.right - width : anchor.left, view.width - width),
    top: within(prefersBelow ? below : above, view.height - height),
  };
}

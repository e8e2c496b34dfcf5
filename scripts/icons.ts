/**
 * Makes `web/static/icons`: the pictures by which systems show an app that is installed, and its notifications.
 * `npm run icons`, after `web/static/favicon.svg` has changed.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const STATIC = join(import.meta.dirname, '..', 'web', 'static');
const favicon = await readFile(join(STATIC, 'favicon.svg'), 'utf8');

/** To the edges, as systems cut their own shape out of it; the sign keeps to the middle, which none cuts off. */
const bled = favicon
  .replace(' rx="8"', '')
  .replace('translate(5.5 5.5) scale(.875)', 'translate(7.96 7.96) scale(.67)');
/** Systems show only where it is opaque. */
const silhouette = favicon
  .replace(/<rect[^>]*>/, '')
  .replace('stroke-width="2"', 'stroke-width="2.2"');

const ICONS: [name: string, svg: string, pixels: number][] = [
  ['192', favicon, 192],
  ['512', favicon, 512],
  ['maskable', bled, 512],
  ['touch', bled, 180],
  ['badge', silhouette, 96],
];

await mkdir(join(STATIC, 'icons'), { recursive: true });
for (const [name, svg, pixels] of ICONS) {
  await sharp(Buffer.from(svg), { density: (72 * pixels) / 32 })
    .resize(pixels, pixels)
    .png({ compressionLevel: 9, palette: true })
    .toFile(join(STATIC, 'icons', `${name}.png`));
}

import { kindOf } from './media-type.ts';

/** Where a file is fetched: the name is for people, and for browsers that save it. */
export function addressOf({ id, name }: { id: string; name: string }): string {
  return `/files/${id}/${encodeURIComponent(name)}`;
}

/** Where its small version is fetched; null for what is no image. */
export function thumbnailAddressOf(file: { id: string; mediaType: string }): string | null {
  return kindOf(file.mediaType) === 'IMAGE' ? `/thumbnails/${file.id}` : null;
}

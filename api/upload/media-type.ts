/** What a file is, by what is in it. Neither its name nor what its sender calls it is believed. */
import { createReadStream } from 'node:fs';
import { fileTypeFromBuffer } from 'file-type';

/** So much of its beginning tells what a file is. */
export const SAMPLE_BYTES = 64 * 1024;

export type FileKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'OTHER';

/** What browsers show within a page, and cannot run. All else is downloaded, and never shown. */
const SHOWN = {
  IMAGE: ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'],
  VIDEO: ['video/mp4', 'video/webm', 'video/ogg', 'video/quicktime', 'video/x-m4v'],
  AUDIO: ['audio/mpeg', 'audio/ogg', 'audio/wav', 'audio/mp4', 'audio/aac', 'audio/flac'],
} as const;

/** Other names of these, by whoever has looked at the bytes. */
const ALIASES: Record<string, string> = {
  'image/apng': 'image/png',
  'audio/x-m4a': 'audio/mp4',
  'audio/x-flac': 'audio/flac',
  'audio/vnd.wave': 'audio/wav',
  'audio/x-wav': 'audio/wav',
  'audio/opus': 'audio/ogg',
  'audio/ogg; codecs=opus': 'audio/ogg',
};

export function kindOf(mediaType: string): FileKind {
  for (const kind of ['IMAGE', 'VIDEO', 'AUDIO'] as const) {
    if ((SHOWN[kind] as readonly string[]).includes(mediaType)) return kind;
  }
  return 'OTHER';
}

/** The media type of a file by its first SAMPLE_BYTES. */
export async function detectMediaType(sample: Buffer): Promise<string> {
  // A file that is made to break its parser is one of no known type.
  const found = (await fileTypeFromBuffer(sample).catch(() => undefined))?.mime;
  const binary = found && found !== 'application/xml' ? found : null;
  if (binary) return ALIASES[binary] ?? ALIASES[binary.split(';')[0]!] ?? binary.split(';')[0]!;
  return isText(sample) ? detectText(sample.toString()) : (found ?? 'application/octet-stream');
}

/** Whether a type is of one of the forms `*`, `image/*` and `image/png`. */
export function isAllowed(mediaType: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern === '*' ||
      pattern === mediaType ||
      (pattern.endsWith('/*') && mediaType.startsWith(pattern.slice(0, -1))),
  );
}

const IMAGE_NAME = /\.(jpe?g|png|webp|gif|avif)$/i;

/** Whether a name says that it is a picture, of a kind that is shown. */
export const claimsImage = (name: string) => IMAGE_NAME.test(name);

/** What runs when an SVG is opened by itself. */
const SVG_SCRIPT = /<(?:\w+:)?(?:script|foreignObject|iframe)\b|\bon[a-z]+\s*=|javascript:/i;
/** Longer than anything that SVG_SCRIPT could find, so that none is cut in two unseen. */
const OVERLAP = 64;

/**
 * Whether an SVG has a script in it. That it is never shown is what protects us; this is for those
 * who would download it and open it.
 */
export async function hasScript(path: string): Promise<boolean> {
  let tail = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const text = tail + chunk;
    if (SVG_SCRIPT.test(text)) return true;
    tail = text.slice(-OVERLAP);
  }
  return false;
}

function isText(sample: Buffer): boolean {
  if (sample.includes(0)) return false;
  try {
    // A sample that ends within a character is a text still.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, {
      stream: sample.length >= SAMPLE_BYTES,
    });
    return true;
  } catch {
    return false;
  }
}

function detectText(text: string): string {
  const head = text.replace(/^\uFEFF/, '').replace(/<!--[^]*?-->|<\?[^]*?\?>/g, '');
  if (/^\s*(?:<!doctype[^>[]*(?:\[[^\]]*\])?[^>]*>\s*)?<(?:\w+:)?svg\b/i.test(head)) {
    return 'image/svg+xml';
  }
  if (/^\s*<(?:!doctype html|html|head|body|script|iframe|title|style)\b/i.test(head)) {
    return 'text/html';
  }
  return /^\s*<\?xml\b/.test(text) ? 'application/xml' : 'text/plain';
}

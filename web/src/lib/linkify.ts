import { LinkifyIt } from 'linkify-it';

/** A message's text in parts: what is a link, and what is not. Joined, the texts are the message as typed. */
export interface Part {
  text: string;
  /** An http or https address; absent for plain text. */
  href?: string;
}

const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
for (const schema of ['ftp:', 'mailto:', '//']) linkify.add(schema, null);

/** Finds the http(s) addresses that are written out; nothing else ever becomes a link. */
export function partsOf(text: string): Part[] {
  if (!/https?:\/\//i.test(text)) return [{ text }];
  const parts: Part[] = [];
  let end = 0;
  for (const { index, lastIndex, url } of linkify.match(text) ?? []) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ text: text.slice(index, lastIndex), href: url });
    end = lastIndex;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

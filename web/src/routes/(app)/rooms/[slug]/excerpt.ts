import type { QuotedMessageFragment } from '#lib/graphql/generated/graphql.ts';
import { parseContent } from '../../../../../../text/content.ts';
import { plainText } from '../../../../../../text/plain.ts';

const MAX_LENGTH = 160;

/** The beginning of a message in one line, for a quote. */
export function excerptOf({
  body,
  deletedAt,
  attachments,
}: Pick<QuotedMessageFragment, 'body' | 'deletedAt' | 'attachments'>): string {
  if (deletedAt) return 'This message was deleted.';
  if (!body) return attachments.map(({ name }) => name).join(', ');
  const line = plainText(parseContent(body)).replace(/\s+/g, ' ').trim();
  if (line.length <= MAX_LENGTH) return line;
  const signs = [...new Intl.Segmenter().segment(line.slice(0, MAX_LENGTH + 32))];
  const fitting = signs.filter(({ index }) => index < MAX_LENGTH - 1);
  return `${fitting.map(({ segment }) => segment).join('')}…`;
}

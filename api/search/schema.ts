import { builder } from '../builder.ts';
import { Message } from '../message/schema.ts';
import { excerptOf, type ExcerptSegment as Segment } from './excerpt.ts';
import { type Found, searchMessages, SEARCH_PAGE_MAX_SIZE, type SearchPage } from './search.ts';
import { type SearchSuggestion as Suggestion, suggestSearches } from './suggestions.ts';

const ExcerptSegment = builder.objectRef<Segment>('ExcerptSegment').implement({
  description: 'A piece of an excerpt; all in their order make up its text.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The piece as it was typed.' }),
    isMatch: t.exposeBoolean('isMatch', { description: 'Whether it is what was searched for.' }),
  }),
});

const SearchEdge = builder.objectRef<Found>('SearchEdge').implement({
  description: 'A message that was found, with its place in what was found.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its place; `after` takes it.' }),
    node: t.field({
      type: Message,
      description: 'The message.',
      resolve: ({ message }) => message,
    }),
    excerpt: t.field({
      type: [ExcerptSegment],
      description: 'Some 240 characters of its text from about the first match on.',
      resolve: ({ message, words }) => excerptOf(message.body, words),
    }),
  }),
});

const SearchConnection = builder.objectRef<SearchPage>('SearchConnection').implement({
  description: 'A page of what was found. How much there is in all is not counted.',
  fields: (t) => ({
    edges: t.field({
      type: [SearchEdge],
      description: 'What is on the page, the best first.',
      resolve: ({ found }) => found,
    }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where the page ends.',
      resolve: ({ found, hasNextPage, isFirst }) => ({
        hasNextPage,
        hasPreviousPage: !isFirst,
        startCursor: found.at(0)?.cursor ?? null,
        endCursor: found.at(-1)?.cursor ?? null,
      }),
    }),
  }),
});

const SearchSuggestion = builder.objectRef<Suggestion>('SearchSuggestion').implement({
  description: 'How a search may go on.',
  fields: (t) => ({
    query: t.exposeString('query', { description: 'The whole search with it.' }),
    label: t.exposeString('label', { description: 'Whom or what it stands for.' }),
  }),
});

builder.queryFields((t) => ({
  searchMessages: t.field({
    type: SearchConnection,
    description:
      'Messages of the rooms that the viewer may see, the best of the newest 100 first, then those of ' +
      'the next. Refuses with INVALID_INPUT, RATE_LIMITED, UNAVAILABLE where it takes too long.',
    args: {
      query: t.arg.string({
        description:
          'Words and "phrases", each of which must be there, in any case and with or without accents; a ' +
          'word is also found as a part of others; -word must not be there. Operators: `from:ann`, ' +
          '`in:garden`, `before:2026-11-21`, `after:2026-11-21`, `has:link`, `has:image`, `has:file`, `is:pinned`, ' +
          '`mentions:me`. What was said is found within a second or so.',
      }),
      timeZone: t.arg.string({
        required: false,
        description: 'Where the days begin, such as `Europe/Lisbon`; UTC where it is left out.',
      }),
      first: t.arg.int({
        required: false,
        description: `How many, up to ${SEARCH_PAGE_MAX_SIZE}; 20 where it is left out.`,
      }),
      after: t.arg.string({ required: false, description: 'Only what follows this cursor.' }),
    },
    resolve: (_root, { query, timeZone, first, after }, { app, viewer }) =>
      searchMessages(app, viewer, {
        query,
        timeZone: timeZone ?? 'UTC',
        first: first ?? null,
        after: after ?? null,
      }),
  }),
  searchSuggestions: t.field({
    type: [SearchSuggestion],
    description:
      'How a search may go on that is being typed: at most ten ways, the likeliest first.',
    args: { query: t.arg.string({ description: 'What has been typed, up to the caret.' }) },
    resolve: (_root, { query }, { app, viewer }) => suggestSearches(app, viewer, { query }),
  }),
}));

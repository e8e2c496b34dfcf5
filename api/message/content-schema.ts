import { type Block, type Container, MARKS, type Mention, type Span } from '../../text/content.ts';
import { builder } from '../builder.ts';

const ContentBlockKind = builder.enumType('ContentBlockKind', {
  description: 'What a block of a message is.',
  values: {
    PARAGRAPH: {
      description: 'Text; its line breaks and the spaces at the start of its lines count.',
    },
    CODE: { description: 'Code between fences, in one span.' },
  },
});

const ContentContainerKind = builder.enumType('ContentContainerKind', {
  description: 'What blocks of a message may lie in.',
  values: {
    QUOTE: { description: 'Somebody else’s words.' },
    BULLET_ITEM: { description: 'An item of a list.' },
    NUMBERED_ITEM: { description: 'An item of a list with numbers.' },
  },
});

const MARK_DESCRIPTIONS: Record<(typeof MARKS)[number], string> = {
  SPOILER: 'Hidden until the reader asks for it.',
  BOLD: 'Strong.',
  ITALIC: 'Emphasized.',
  STRIKE: 'Struck through.',
  CODE: 'Code within the text.',
};

const ContentMark = builder.enumType('ContentMark', {
  description: 'How a run of text is set.',
  values: Object.fromEntries(
    MARKS.map((mark) => [mark, { description: MARK_DESCRIPTIONS[mark] }]),
  ) as Record<(typeof MARKS)[number], { description: string }>,
});

const ContentMentionKind = builder.enumType('ContentMentionKind', {
  description: 'Who or what a mention names.',
  values: {
    USER: { description: 'A user, by username.' },
    HERE: { description: 'The members of the room who are online.' },
    ALL: { description: 'All members of the room.' },
    ROOM: { description: 'A room, by slug.' },
  },
});

const ContentContainer = builder.objectRef<Container>('ContentContainer').implement({
  description: 'A quote or an item of a list, around one or more blocks of a message.',
  fields: (t) => ({
    key: t.exposeInt('key', {
      shared: true,
      description: 'Blocks of the same message that name the same one lie in the same one.',
    }),
    kind: t.expose('kind', {
      shared: true,
      type: ContentContainerKind,
      description: 'What it is.',
    }),
    number: t.exposeInt('number', {
      shared: true,
      nullable: true,
      description: 'The number of a NUMBERED_ITEM as typed.',
    }),
  }),
});

const ContentMention = builder.objectRef<Mention>('ContentMention').implement({
  description: 'A name in a message, as typed.',
  fields: (t) => ({
    kind: t.expose('kind', {
      shared: true,
      type: ContentMentionKind,
      description: 'Who or what it names.',
    }),
    name: t.exposeString('name', {
      shared: true,
      description: 'A username or a slug without its sign, in any case; nobody may bear it.',
    }),
  }),
});

const ContentSpan = builder.objectRef<Span>('ContentSpan').implement({
  description: 'A run of text that is set alike.',
  fields: (t) => ({
    text: t.exposeString('text', {
      shared: true,
      description: 'What is read; emoji that were typed by name are characters.',
    }),
    marks: t.expose('marks', {
      shared: true,
      type: [ContentMark],
      description: 'How it is set, from the outside to the inside.',
    }),
    url: t.exposeString('url', {
      shared: true,
      nullable: true,
      description: 'Where it leads, if it is (a part of) a link: an http, https or mailto address.',
    }),
    mention: t.expose('mention', {
      shared: true,
      type: ContentMention,
      nullable: true,
      description: 'Whom it names, if it is a mention.',
    }),
  }),
});

export const ContentBlock = builder.objectRef<Block>('ContentBlock').implement({
  description: 'A paragraph or a piece of code of a message.',
  fields: (t) => ({
    kind: t.expose('kind', { shared: true, type: ContentBlockKind, description: 'Which of them.' }),
    within: t.expose('within', {
      shared: true,
      type: [ContentContainer],
      description: 'The quotes and list items that it lies in, from the outside to the inside.',
    }),
    spans: t.expose('spans', {
      shared: true,
      type: [ContentSpan],
      description: 'What it says; joined, the texts are the block without its signs.',
    }),
    language: t.exposeString('language', {
      shared: true,
      nullable: true,
      description: 'The language of CODE, such as `js`, where its author named one.',
    }),
  }),
});

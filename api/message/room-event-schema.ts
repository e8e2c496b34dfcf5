/** Events by which a room itself is other than it was. */
import { builder } from '../builder.ts';
import { type RoomAspect, settled } from '../live/log.ts';
import { PostingPolicy, RoomVisibility } from '../room/schema.ts';
import { type EventOf, RoomLogEntry } from './log-entry-schema.ts';

export const RoomRenamed = builder.objectRef<EventOf<'ROOM_RENAMED'>>('RoomRenamed').implement({
  description: 'The room has a new name.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    name: t.string({
      shared: true,
      description: 'The new name.',
      resolve: ({ data }) => data.name,
    }),
    previousName: t.string({
      shared: true,
      description: 'The name before.',
      resolve: ({ data }) => data.previousName,
    }),
  }),
});

export const RoomTopicChanged = builder
  .objectRef<EventOf<'TOPIC_CHANGED'>>('RoomTopicChanged')
  .implement({
    description: 'The room has a new topic, or none.',
    interfaces: [RoomLogEntry],
    fields: (t) => ({
      topic: t.string({
        shared: true,
        nullable: true,
        description: 'The new topic.',
        resolve: ({ data }) => data.topic,
      }),
      previousTopic: t.string({
        shared: true,
        nullable: true,
        description: 'The topic before.',
        resolve: ({ data }) => data.previousTopic,
      }),
    }),
  });

const RoomAspectName = builder.enumType('RoomAspect', {
  description: 'Something of a room that is set.',
  values: {
    DESCRIPTION: { value: 'description', description: 'What it is for.' },
    ICON: { value: 'icon', description: 'The emoji in front of its name.' },
    VISIBILITY: { value: 'visibility', description: 'Who sees it.' },
    POSTING_POLICY: { value: 'postingPolicy', description: 'Who writes in it.' },
    SLOW_MODE: { value: 'slowModeSeconds', description: 'How often one may write.' },
    ARCHIVED: { value: 'archivedAt', description: 'Whether it is archived.' },
  } as const satisfies Record<string, { value: RoomAspect; description: string }>,
});

export const RoomChanged = builder.objectRef<EventOf<'ROOM_CHANGED'>>('RoomChanged').implement({
  description: 'The room has other settings; all of them are told as they are after it.',
  interfaces: [RoomLogEntry],
  fields: (t) => ({
    changed: t.field({
      shared: true,
      type: [RoomAspectName],
      description: 'What is other than it was.',
      resolve: ({ data }) => data.changed,
    }),
    description: t.string({
      shared: true,
      nullable: true,
      description: 'What the room is for, in Markdown.',
      resolve: ({ data }) => data.settings.description,
    }),
    icon: t.string({
      shared: true,
      nullable: true,
      description: 'The emoji in front of its name.',
      resolve: ({ data }) => data.settings.icon,
    }),
    visibility: t.field({
      shared: true,
      type: RoomVisibility,
      description: 'Who sees it.',
      resolve: ({ data }) => data.settings.visibility,
    }),
    postingPolicy: t.field({
      shared: true,
      type: PostingPolicy,
      description: 'Who writes in it.',
      resolve: ({ data }) => data.settings.postingPolicy,
    }),
    slowModeSeconds: t.int({
      shared: true,
      description: 'How long a member waits between two messages; 0 for not at all.',
      resolve: ({ data }) => data.settings.slowModeSeconds,
    }),
    archivedAt: t.field({
      shared: true,
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is archived; null where it is in use.',
      resolve: ({ data }) => settled(data.settings).archivedAt,
    }),
  }),
});

/** The schema: what the folders declare, put together. */
import './about/schema.ts';
import './account/schema.ts';
import './account/session-schema.ts';
import './message/change-schema.ts';
import './message/live-schema.ts';
import './message/mention-schema.ts';
import './message/posting-schema.ts';
import './message/reaction-schema.ts';
import './message/schema.ts';
import './message/thread-schema.ts';
import './read/draft-schema.ts';
import './read/live-schema.ts';
import './read/schema.ts';
import './read/thread-schema.ts';
import './notification/schema.ts';
import './presence/schema.ts';
import './presence/typing-schema.ts';
import './room/membership-schema.ts';
import './room/schema.ts';
import './search/schema.ts';
import './upload/schema.ts';
import { builder } from './builder.ts';

export const schema = builder.toSchema();

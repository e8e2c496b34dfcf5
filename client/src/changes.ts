import type { CallOptions, Context } from './context.ts';
import {
  AddReactionDocument,
  DeleteMessageDocument,
  EditMessageDocument,
  type MessageFragment,
  PinMessageDocument,
  RemoveReactionDocument,
  UnpinMessageDocument,
} from './generated/operations.ts';

export type Message = MessageFragment;

/**
 * What becomes of a message, by its id; each gives the message as it is then, and can be repeated but for `delete`.
 * Refused with NOT_FOUND, FORBIDDEN, and with CONFLICT where the message was deleted.
 */
export interface MessageChanges {
  /** Gives one's own message another text; what it said before can be read. Refused with INVALID_INPUT, too. */
  edit(messageId: string, body: string, options?: CallOptions): Promise<Message>;
  /** Leaves a tombstone. For its author, the room's owners and administrators. */
  delete(messageId: string, options?: CallOptions): Promise<Message>;
  /** With one emoji. Refused with INVALID_INPUT for anything else, or for one more than a message takes. */
  react(messageId: string, emoji: string, options?: CallOptions): Promise<Message>;
  /** Takes a reaction of one's own back. */
  unreact(messageId: string, emoji: string, options?: CallOptions): Promise<Message>;
  pin(messageId: string, options?: CallOptions): Promise<Message>;
  unpin(messageId: string, options?: CallOptions): Promise<Message>;
}

export function createMessageChanges({ ask }: Pick<Context, 'ask'>): MessageChanges {
  return {
    async edit(messageId, body, options) {
      const input = { messageId, body };
      return (await ask(EditMessageDocument, { input }, options)).editMessage.message;
    },
    async delete(messageId, options) {
      const input = { messageId };
      return (await ask(DeleteMessageDocument, { input }, options)).deleteMessage.message;
    },
    async react(messageId, emoji, options) {
      const input = { messageId, emoji };
      return (await ask(AddReactionDocument, { input }, options)).addReaction.message;
    },
    async unreact(messageId, emoji, options) {
      const input = { messageId, emoji };
      return (await ask(RemoveReactionDocument, { input }, options)).removeReaction.message;
    },
    async pin(messageId, options) {
      return (await ask(PinMessageDocument, { input: { messageId } }, options)).pinMessage.message;
    },
    async unpin(messageId, options) {
      const input = { messageId };
      return (await ask(UnpinMessageDocument, { input }, options)).unpinMessage.message;
    },
  };
}

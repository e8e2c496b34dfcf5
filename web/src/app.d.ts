import type {} from '@sveltejs/adapter-node';
import type { ViewerQuery } from '#lib/graphql/generated/graphql.ts';
import type { Target } from './routes/(app)/rooms/[slug]/target.ts';

/** The API of the same process, as the server that embeds this app hangs it on the Node request. */
interface EmbeddedApi {
  fetch(request: Request): Promise<Response>;
}

declare module 'http' {
  interface IncomingMessage {
    parley?: EmbeddedApi;
  }
}

declare global {
  namespace App {
    interface Error {
      /** What to do about it, in a sentence. */
      hint?: string;
    }
    interface Locals {
      /** `Set-Cookie` headers of the API's answers during this request, to be passed on as they are. */
      setCookies: string[];
    }
    interface PageData {
      /** What the server tells of itself; not there where it could not be asked. */
      server?: ViewerQuery['server'];
      /** The message that the address names. */
      target?: Target;
      /** The room that is open, whose page shows the third column by itself. */
      room?: { id: string } | null;
    }
    /** What stands in the third column, or covers the conversation; going back closes it. */
    interface PageState {
      details?: boolean;
      pins?: boolean;
      reports?: boolean;
      /** The thread that begins with this message. */
      thread?: string;
      /** The same for the search. */
      search?: boolean;
    }
  }
}

export {};

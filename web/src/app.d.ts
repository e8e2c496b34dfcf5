import type {} from '@sveltejs/adapter-node';

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
    interface PageState {
      /** The details panel covers the conversation; going back closes it. */
      details?: boolean;
      /** The same for the search. */
      search?: boolean;
    }
  }
}

export {};

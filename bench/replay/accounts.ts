/** The accounts of a replay: registered or logged in ahead of need, a few at a time. */
import { createHmac } from 'node:crypto';
import pLimit from 'p-limit';
import { type Api, ApiRefusal } from './api.ts';
import { ReplayFailure } from './failure.ts';

/** Hashing passwords is the server's most expensive work, and it does two at once. */
const AT_ONCE = 3;

const REGISTER = `mutation ($username: String!, $password: String!, $displayName: String!, $invitation: String) {
  register(input: {
    username: $username, password: $password, displayName: $displayName, invitation: $invitation, session: TOKEN
  }) { token }
}`;
const LOG_IN = `mutation ($username: String!, $password: String!) {
  login(input: { username: $username, password: $password, session: TOKEN }) { token }
}`;
const LOG_OUT = 'mutation { logout { ok } }';

export interface AccountsOptions {
  secret: string;
  invitation: string | null;
}

export class Accounts {
  readonly #api: Api;
  readonly #options: AccountsOptions;
  readonly #queue = pLimit(AT_ONCE);
  readonly #tokens = new Map<string, Promise<string>>();
  /** Whether the last account was there already: then the next probably is as well. */
  #logInFirst = false;

  constructor(api: Api, options: AccountsOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Starts a session for each, in this order. @param names username to display name */
  prepare(names: Iterable<readonly [username: string, displayName: string]>): void {
    for (const [username, displayName] of names) {
      const token = this.#queue(() => this.#startSession(username, displayName));
      // Whoever needs the token is told; it may be that nobody does.
      token.catch(() => {});
      this.#tokens.set(username, token);
    }
  }

  /** The token of an account that was prepared. @throws ReplayFailure */
  token(username: string): Promise<string> {
    return this.#tokens.get(username)!;
  }

  /** Ends all sessions. */
  async logOut(): Promise<void> {
    const end = pLimit(AT_ONCE);
    const tokens = await Promise.all(this.#tokens.values());
    await Promise.all(tokens.map((token) => end(() => this.#api.ask(LOG_OUT, {}, token))));
  }

  /** Starts no more sessions. */
  close(): void {
    this.#queue.clearQueue();
  }

  async #startSession(username: string, displayName: string): Promise<string> {
    const password = createHmac('sha256', this.#options.secret)
      .update(username.toLowerCase())
      .digest('base64url');
    const logIn = () => this.#logIn(username, password);
    const register = () => this.#register(username, password, displayName);
    const token = this.#logInFirst
      ? ((await logIn()) ?? (await register()))
      : ((await register()) ?? (await logIn()));
    if (token === null) {
      throw new ReplayFailure(
        `The username ${username} belongs to somebody else on ${this.#api.url}: give the --secret ` +
          'of the replay that made it, or play into another server.',
      );
    }
    return token;
  }

  /** Null where the username is taken. */
  async #register(username: string, password: string, displayName: string): Promise<string | null> {
    try {
      const { invitation } = this.#options;
      const variables = { username, password, displayName, invitation };
      const data = await this.#api.ask<{ register: { token: string } }>(REGISTER, variables, null);
      this.#logInFirst = false;
      return data.register.token;
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      if (error.code === 'CONFLICT') return null;
      throw new ReplayFailure(
        `The server refuses to register ${username} (“${displayName}”): ${error.message}` +
          (error.code === 'FORBIDDEN' ? ' Start it with REGISTRATION=open for a replay.' : ''),
      );
    }
  }

  /** Null where name and password do not belong together, as for a name that nobody has. */
  async #logIn(username: string, password: string): Promise<string | null> {
    try {
      const variables = { username, password };
      const data = await this.#api.ask<{ login: { token: string } }>(LOG_IN, variables, null);
      this.#logInFirst = true;
      return data.login.token;
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.code !== 'INVALID_INPUT') throw error;
      return null;
    }
  }
}

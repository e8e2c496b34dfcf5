/**
 * An event that could not be shown because the database was away ends its subscription: whoever
 * follows comes back to the cursor before it, while going on would pass over the event.
 */
import {
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  type GraphQLError,
} from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from './context.ts';
import { isUnavailable } from './masking.ts';

/** Whether this result of a subscription says that it cannot be served just now. */
export function isOutage(
  { document, operationName }: ExecutionArgs,
  { errors }: { errors?: readonly GraphQLError[] | undefined },
): boolean {
  if (!errors?.some(isUnavailable)) return false;
  return getOperationAST(document, operationName)?.operation === 'subscription';
}

/** Ends a subscription behind the first result that says so, for all transports; and counts what it gives. */
export const endAtOutage: Plugin = {
  onSubscribe({ args }) {
    const { counters } = (args.contextValue as unknown as Context).app;
    const isLast = (result: ExecutionResult) => {
      counters.deliveries++;
      return isOutage(args as ExecutionArgs, result);
    };
    return {
      onSubscribeResult({ result, setResult }) {
        if (isAsyncIterable(result)) setResult(endBehind(result, isLast));
      },
    };
  },
};

/**
 * Over SSE, what a stream throws after it has begun is told as its last result: an event stream has no
 * other place for it. Over WebSocket it is a message of its own.
 */
export const tellFailure: Plugin = {
  onResultProcess({ result, setResult }) {
    if (isAsyncIterable(result)) setResult(endWithError(result as AsyncIterable<ExecutionResult>));
  },
};

function endWithError(
  results: AsyncIterable<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult, undefined> {
  const iterator = results[Symbol.asyncIterator]();
  let hasEnded = false;
  return {
    async next() {
      if (hasEnded) return { done: true, value: undefined };
      try {
        return await iterator.next();
      } catch (error) {
        hasEnded = true;
        return { done: false, value: { errors: [error as GraphQLError] } };
      }
    },
    async return() {
      hasEnded = true;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Not a generator, whose `return` would wait for a `next` that is under way. */
function endBehind<T>(
  results: AsyncIterable<T>,
  isLast: (result: T) => boolean,
): AsyncIterableIterator<T, undefined> {
  const iterator = results[Symbol.asyncIterator]();
  let hasEnded = false;
  return {
    async next() {
      if (hasEnded) return { done: true, value: undefined };
      const step = await iterator.next();
      if (step.done) return { done: true, value: undefined };
      if (isLast(step.value)) await this.return!();
      return step;
    },
    async return() {
      hasEnded = true;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

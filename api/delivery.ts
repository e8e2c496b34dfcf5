/**
 * Shared execution: a subscription whose fields are all shared is executed once per event for all
 * who asked the same, by nobody in particular, and delivered as bytes by `live/fanout.ts`.
 */
import {
  type DocumentNode,
  execute,
  type ExecutionArgs,
  type FieldNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  Kind,
  visit,
} from 'graphql';
import type { App } from './app.ts';
import type { Context } from './context.ts';
import type { Outlet, Question } from './live/group.ts';
import type { RoomEvent } from './live/log.ts';
import { isUnavailable, maskError } from './masking.ts';
import { approach, isMessageAdded } from './message/following.ts';
import { nodeKey } from './node-id.ts';
import { isShared } from './sharing.ts';

type Variables = Record<string, unknown>;

/** How long an event waits for a database that is away before it is tried again. */
const OUTAGE_RETRY_MS = 500;

/** Which events a subscription field is about. */
const ROOM_SUBSCRIPTIONS: Record<string, (event: RoomEvent) => boolean> = {
  messageAdded: isMessageAdded,
  roomEvents: () => true,
};

/**
 * Delivers a subscription to an outlet. The generator that it gives yields nothing and ends with the
 * subscription. Null where the operation is not shared, or cannot be: then the usual way
 * serves it, and words what is wrong.
 */
export async function deliver(
  app: App,
  args: ExecutionArgs,
  outlet: Outlet,
): Promise<AsyncGenerator<never, void, void> | null> {
  const plan = planOf(args.schema, args.document, args.operationName);
  if (!plan) return null;
  const variables = coerce(args, plan);
  if (!variables) return null;
  const { viewer } = args.contextValue as Context;
  try {
    const input = { roomId: nodeKey('Room', variables.roomId), after: variables.after };
    const { position, admit } = approach(app, viewer, input);
    const question = ask(app, plan, args, input.roomId);
    return silent(await app.fanout.subscribe(question, { outlet, after: position, admit }));
  } catch {
    return null;
  }
}

/** What is known of an operation whoever runs it. */
interface Plan {
  /** Tells operations apart. */
  number: number;
  field: FieldNode;
  wants: (event: RoomEvent) => boolean;
  /** The variable that is the cursor and nothing else: it does not make another question. */
  cursorVariable: string | null;
}

/** By document, of which Yoga's cache keeps one for each text. */
const plans = new WeakMap<DocumentNode, Map<string, Plan | null>>();
let planCount = 0;

function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): Plan | null {
  const known = plans.get(document) ?? new Map<string, Plan | null>();
  plans.set(document, known);
  const name = operationName ?? '';
  if (!known.has(name)) known.set(name, createPlan(schema, document, operationName));
  return known.get(name)!;
}

function createPlan(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): Plan | null {
  const [field, ...others] =
    getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  // A fragment at the root is not worth the trouble: the usual way serves it.
  if (field?.kind !== Kind.FIELD || others.length > 0) return null;
  const wants = ROOM_SUBSCRIPTIONS[field.name.value];
  if (!wants || !isShared(schema, document, operationName)) return null;
  return { number: ++planCount, field, wants, cursorVariable: cursorVariableOf(document, field) };
}

function cursorVariableOf(document: DocumentNode, field: FieldNode): string | null {
  const after = field.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (after?.kind !== Kind.VARIABLE) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void (name.value === after.name.value && uses++),
  });
  return uses === 1 ? after.name.value : null;
}

function coerce({ schema, document, operationName, variableValues }: ExecutionArgs, plan: Plan) {
  const operation = getOperationAST(document, operationName)!;
  const coerced = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    variableValues ?? {},
  );
  if (coerced.errors) return null;
  const definition = schema.getSubscriptionType()!.getFields()[plan.field.name.value]!;
  const values = getArgumentValues(definition, plan.field, coerced.variableValues as never);
  const { roomId, after } = values as { roomId: string; after?: string | null };
  return { roomId, after: after ?? null };
}

function ask(app: App, plan: Plan, args: ExecutionArgs, roomId: string): Question {
  const { [plan.cursorVariable ?? '']: _cursor, ...variables } = (args.variableValues ??
    {}) as Variables;
  const contextValue = nobody(app);
  return {
    key: `${plan.number} ${roomId} ${JSON.stringify(variables)}`,
    roomId,
    answer: (event, closing) => {
      if (!plan.wants(event)) return null;
      const result = execute({ ...args, rootValue: event, contextValue });
      if (!(result instanceof Promise) && !result.errors) return toPayload(result);
      return settle(
        app,
        () => execute({ ...args, rootValue: event, contextValue }),
        result,
        closing,
      );
    },
  };
}

/** The context of an execution for all: whoever asks it for the viewer has broken a promise. */
function nobody(app: App): Context {
  return {
    app,
    get viewer(): never {
      throw new Error('A field that is declared shared asked who is looking.');
    },
    setCookie: () => {},
  };
}

/** Waits for a database that is away: an event that cannot be answered just now is not passed over. */
async function settle(
  { log }: App,
  again: () => ReturnType<typeof execute>,
  first: ReturnType<typeof execute>,
  closing: AbortSignal,
): Promise<Buffer> {
  for (let pending = first; ; pending = again()) {
    const { errors, ...result } = await pending;
    const told = errors?.map((error) => maskError(error, log));
    if (!told) return toPayload(result);
    if (!told.some(isUnavailable) || closing.aborted) {
      return toPayload({ ...result, errors: told.map((error) => error.toJSON()) });
    }
    await new Promise((resolve) => setTimeout(resolve, OUTAGE_RETRY_MS));
  }
}

/** As graphql-ws words the payload of a `next` message. */
function toPayload(payload: object): Buffer {
  return Buffer.from(JSON.stringify(payload));
}

function silent({ ended, close }: { ended: Promise<void>; close: () => void }) {
  const done = { done: true, value: undefined } as const;
  const generator: AsyncGenerator<never, void, void> = {
    next: () => ended.then(() => done),
    async return() {
      close();
      return done;
    },
    async throw(error) {
      close();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    async [Symbol.asyncDispose]() {
      close();
    },
  };
  return generator;
}

/**
 * GraphQL Yoga with graphql-ws, as "GraphQL over WebSocket Protocol" and "PubSub" in
 * https://the-guild.dev/graphql/yoga-server/docs/features/subscriptions have it.
 */
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { announce, type MessageEdge, postMessage, TYPE_DEFS } from './messages.ts';

const pubSub = createPubSub<{ messageAdded: [roomId: string, payload: MessageEdge] }>();
const yogaApp = createYoga({
  graphiql: { subscriptionsProtocol: 'WS' },
  schema: createSchema({
    typeDefs: TYPE_DEFS,
    resolvers: {
      Mutation: {
        sendMessage(_parent, { input }: { input: { roomId: string; body: string } }) {
          const edge = postMessage(input.roomId, input.body);
          pubSub.publish('messageAdded', input.roomId, edge);
          return { message: edge.node };
        },
      },
      Subscription: {
        messageAdded: {
          subscribe: (_parent, { roomId }: { roomId: string }) =>
            pubSub.subscribe('messageAdded', roomId),
          resolve: (payload: MessageEdge) => payload,
        },
      },
    },
  }),
});

const httpServer = createServer(yogaApp);
const wsServer = new WebSocketServer({ server: httpServer, path: yogaApp.graphqlEndpoint });

useServer(
  {
    execute: (args) => (args as unknown as Enveloped).rootValue.execute(args),
    subscribe: (args) => (args as unknown as Enveloped).rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yogaApp.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params,
      } as never);
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  wsServer,
);

announce(httpServer);

interface Enveloped {
  rootValue: { execute: (args: unknown) => never; subscribe: (args: unknown) => never };
}

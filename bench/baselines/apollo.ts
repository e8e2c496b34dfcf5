/**
 * Apollo Server with graphql-ws, as https://www.apollographql.com/docs/apollo-server/data/subscriptions
 * has it, its in-memory `PubSub` included; a label for each room, which is less work than its filter.
 */
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import express from 'express';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { announce, postMessage, TYPE_DEFS } from './messages.ts';

const pubsub = new PubSub();
const resolvers = {
  Mutation: {
    sendMessage(_parent: unknown, { input }: { input: { roomId: string; body: string } }) {
      const edge = postMessage(input.roomId, input.body);
      void pubsub.publish(`MESSAGE_ADDED.${input.roomId}`, { messageAdded: edge });
      return { message: edge.node };
    },
  },
  Subscription: {
    messageAdded: {
      subscribe: (_parent: unknown, { roomId }: { roomId: string }) =>
        pubsub.asyncIterableIterator([`MESSAGE_ADDED.${roomId}`]),
    },
  },
};

const schema = makeExecutableSchema({ typeDefs: TYPE_DEFS, resolvers });
const app = express();
const httpServer = createServer(app);
const wsServer = new WebSocketServer({ server: httpServer, path: '/graphql' });
const serverCleanup = useServer({ schema }, wsServer);
const server = new ApolloServer({
  schema,
  plugins: [
    ApolloServerPluginDrainHttpServer({ httpServer }),
    {
      async serverWillStart() {
        return {
          async drainServer() {
            await serverCleanup.dispose();
          },
        };
      },
    },
  ],
});
await server.start();
app.use('/graphql', express.json(), expressMiddleware(server));

announce(httpServer);

/** What GraphiQL opens with: a first session, to be run from top to bottom. */
export const GRAPHIQL_EXAMPLE = `# Welcome to Parley's API. Whoever is logged in to the
# web app is logged in here. Put the cursor into an
# operation and press Ctrl+Enter; the schema with its
# descriptions is behind the book on the left.

# 1. Who am I? Null means: log in, at / or by LogIn
# with your own name and password.
query WhoAmI {
  me {
    username
    displayName
  }
}

mutation LogIn {
  login(
    input: { username: "ann", password: "correct horse" }
  ) {
    user {
      displayName
    }
  }
}

# 2. Make a room. Copy its id into what follows.
mutation MakeRoom {
  createRoom(
    input: { slug: "graphiql", name: "GraphiQL" }
  ) {
    room {
      id
      cursor
    }
  }
}

# 3. Listen. This one stays open: run step 4 in a
# second tab, and look here.
subscription Listen {
  messageAdded(roomId: "<the id>") {
    cursor
    node {
      seq
      body
      author {
        username
      }
    }
  }
}

# 4. Say something. The same idempotencyKey again
# gives the same message, and not a second one.
mutation Say {
  sendMessage(
    input: {
      roomId: "<the id>"
      body: "Hello from GraphiQL"
      idempotencyKey: "first"
    }
  ) {
    cursor
    message {
      seq
    }
  }
}

# 5. Read. A page's endCursor is also what
# messageAdded takes as "after".
query Read {
  room(slug: "graphiql") {
    name
    cursor
    messages(last: 20) {
      edges {
        node {
          seq
          body
          createdAt
        }
      }
      pageInfo {
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
}
`;

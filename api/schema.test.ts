import { randomUUID } from 'node:crypto';
import { serverAudits } from 'graphql-http';
import {
  execute,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from './schema.ts';
import { startApp } from './test/harness.ts';

test('every type, field, argument and enum value has a description of a sentence', () => {
  const bare: string[] = [];
  const check = (name: string, description: string | null | undefined) => {
    if (!description || !/[.`]$/.test(description.trim())) bare.push(name);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    check(type.name, type.description);
    if (isEnumType(type)) {
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field.description);
        for (const arg of field.args) {
          check(`${type.name}.${field.name}(${arg.name})`, arg.description);
        }
      }
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field.description);
      }
    }
  }
  expect(bare).toEqual([]);
});

test('every mutation takes at most one input of its own name and gives a payload of its own', () => {
  for (const field of Object.values(schema.getMutationType()!.getFields())) {
    const Name = field.name[0]!.toUpperCase() + field.name.slice(1);
    expect(String(field.type)).toBe(`${Name}Payload!`);
    expect(field.args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual(
      field.args.length === 0 ? [] : [`input: ${Name}Input!`],
    );
  }
});

describe('the audit of GraphQL over HTTP', async () => {
  const server = await startApp();
  const audits = serverAudits({ url: `${server.url}/graphql` });
  const must = audits.filter((audit) => audit.name.startsWith('MUST'));

  test('has MUSTs to pass', () => expect(must.length).toBeGreaterThan(10));

  test.each(must.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    expect(await audit.fn()).toMatchObject({ status: 'ok' });
  });

  test('ends', () => server.close());
});

test('an event is executed at once, without a promise, also where it has ids', () => {
  const at = new Date();
  const author = {
    id: randomUUID(),
    username: 'ann',
    usernameKey: 'ann',
    displayName: 'Ann',
    role: 'MEMBER',
    createdAt: at,
  };
  const message = { roomId: randomUUID(), seq: 1, author, body: 'Hello', createdAt: at };
  const result = execute({
    schema,
    document: parse(
      'subscription { messageAdded(roomId: "") { cursor node { id author { id username } } } }',
    ),
    rootValue: { kind: 'MESSAGE_POSTED', seq: 1, message },
    contextValue: { app: { db: { epoch: 'epoch' } } },
  });
  expect(result).toMatchObject({
    data: { messageAdded: { node: { author: { username: 'ann' } } } },
  });
});

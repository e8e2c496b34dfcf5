import { Refusal } from './errors.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Whether it can be a key of what is no Node. */
export const isUuid = (text: string) => new RegExp(`^${UUID}$`).test(text);

/** What stands behind the global id of each type that is a Node. */
const KEYS = {
  User: new RegExp(`^${UUID}$`),
  Session: new RegExp(`^${UUID}$`),
  Room: new RegExp(`^${UUID}$`),
  Membership: new RegExp(`^${UUID}\\.${UUID}$`),
  Report: new RegExp(`^${UUID}$`),
  File: new RegExp(`^${UUID}$`),
  Export: new RegExp(`^${UUID}$`),
  Message: new RegExp(`^${UUID}\\.\\d{1,9}$`),
};

export type NodeType = keyof typeof KEYS;

/** A global id, opaque to clients: type and key in base64url. */
export function encodeNodeId(type: string, key: string | number | bigint): string {
  return Buffer.from(`${type}:${key}`).toString('base64url');
}

/** @throws Refusal NOT_FOUND for what is no id of any Node: the answer as for one of nothing. */
export function decodeNodeId(id: string): { type: NodeType; key: string } {
  const [type, key] = Buffer.from(id, 'base64url').toString().split(':', 2);
  const isNode = type && key && Object.hasOwn(KEYS, type) && KEYS[type as NodeType].test(key);
  if (!isNode) throw new Refusal('NOT_FOUND', 'There is nothing with that id.');
  return { type: type as NodeType, key };
}

/** The key of a node that must be of that type. @throws Refusal NOT_FOUND */
export function nodeKey(expected: NodeType, id: string): string {
  const { type, key } = decodeNodeId(id);
  if (type !== expected)
    throw new Refusal('NOT_FOUND', `There is no such ${expected.toLowerCase()}.`);
  return key;
}

/** The same of what may be left out: null then. An empty id is left out no more than any other. @throws Refusal NOT_FOUND */
export function givenKey(expected: NodeType, id: string | null | undefined): string | null {
  return id === null || id === undefined ? null : nodeKey(expected, id);
}

import { expect, test } from 'vitest';
import { drain, type Delivery } from './drain.ts';
import { QueueStore } from './queue-store.ts';
import type { Outgoing } from './outgoing.ts';

class MemoryStorage {
  readonly items = new Map<string, string>();
  full = false;
  get length() {
    return this.items.size;
  }
  key(index: number) {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key: string) {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string) {
    if (this.full) throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  }
  removeItem(key: string) {
    this.items.delete(key);
  }
}

function outgoing(n: number): Outgoing {
  return {
    idempotencyKey: `key-${n}`,
    roomId: 'room',
    body: `message ${n}`,
    createdAt: new Date(Date.UTC(2026, 10, 21, 3, 0, n)).toISOString(),
    failure: null,
  };
}

function filledStore(storage = new MemoryStorage(), user = 'ann') {
  const store = new QueueStore<Outgoing>(storage, 'outbox', user);
  for (const n of [2, 1, 3]) store.put(outgoing(n));
  return store;
}

async function sent(store: QueueStore<Outgoing>, answer: (o: Outgoing) => Delivery = delivered) {
  const keys: string[] = [];
  const end = await drain(
    store,
    async (o) => {
      keys.push(o.idempotencyKey);
      return answer(o);
    },
    () => {},
  );
  return { keys, end };
}
const delivered = (): Delivery => ({ kind: 'delivered' });

test('messages go out in the order of writing, and then the outbox is empty', async () => {
  const store = filledStore();
  expect((await sent(store)).keys).toEqual(['key-1', 'key-2', 'key-3']);
  expect(store.list()).toEqual([]);
});

test('while one cannot be sent, none overtakes it, and the next try has the same key', async () => {
  const store = filledStore();
  const first = await sent(store, (o) =>
    o.idempotencyKey === 'key-2' ? { kind: 'later' } : delivered(),
  );
  expect(first).toEqual({ keys: ['key-1', 'key-2'], end: { kind: 'later' } });
  expect((await sent(store)).keys).toEqual(['key-2', 'key-3']);
});

test('a refused message stays, with its reason, and does not hold up the others', async () => {
  const store = filledStore();
  await sent(store, (o) =>
    o.idempotencyKey === 'key-1' ? { kind: 'refused', reason: 'Too long.' } : delivered(),
  );
  expect(store.list()).toEqual([{ ...outgoing(1), failure: 'Too long.' }]);
  expect((await sent(store)).keys).toEqual([]);
});

test('a message deleted while it was being refused does not come back', async () => {
  const store = filledStore();
  await sent(store, (o) => {
    store.remove(o);
    return { kind: 'refused', reason: 'No.' };
  });
  expect(store.list()).toEqual([]);
});

test('what was queued survives in storage, apart for each account', () => {
  const storage = new MemoryStorage();
  filledStore(storage, 'ann');
  expect(new QueueStore<Outgoing>(storage, 'outbox', 'ann').list()).toHaveLength(3);
  expect(new QueueStore<Outgoing>(storage, 'outbox', 'bob').list()).toEqual([]);
});

test('with storage full, messages are sent all the same', async () => {
  const storage = new MemoryStorage();
  storage.full = true;
  const store = filledStore(storage);
  expect((await sent(store)).keys).toEqual(['key-1', 'key-2', 'key-3']);
  expect(store.list()).toEqual([]);
});

/**
 * Everything that can be asked of the API, by everybody, in rooms of every kind. A field without a row fails: whoever adds
 * one says here who may. What the tables say is what `access.ts` and the schema's descriptions promise.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../schema.ts';
import { collected } from './collected.ts';
import { startApp, type TestApp } from './harness.ts';
import { type Cast, createCast, GONE, type Someone, type Way } from './permissions/cast.ts';
import { FILE_ROUTES } from './permissions/files.ts';
import { MUTATIONS } from './permissions/mutations.ts';
import { QUERIES, ROOM_FIELDS } from './permissions/queries.ts';
import { type Place, type Relation, RELATIONS, type Row } from './permissions/row.ts';
import { createScenes, type Scene, type Setting, settingOf } from './permissions/scene.ts';
import { SUBSCRIPTIONS } from './permissions/subscriptions.ts';
import { createTraces, type Traces } from './permissions/traces.ts';

let server: TestApp;
let cast: Cast;
let traces: Traces;
beforeAll(async () => {
  server = await startApp();
  cast = await createCast(server.app, server.url);
  traces = await createTraces(server.app);
});
afterAll(() => server.close());

const FIELDS = [...QUERIES, ...MUTATIONS, ...SUBSCRIPTIONS];
const ROWS = [...FIELDS, ...ROOM_FIELDS, ...FILE_ROUTES];

test('every field of Query, Mutation and Subscription has a row', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) =>
    Object.keys(type!.getFields()).map((name) => `${type!.name}.${name}`),
  );
  const rows = new Set(FIELDS.map(({ field }) => field));
  expect(fields.filter((field) => !rows.has(field))).toEqual([]);
  expect([...rows].filter((field) => !fields.includes(field))).toEqual([]);
});

describe.each(Object.keys(RELATIONS) as Place[])('%s', (place) => {
  const here = ROWS.map((row, index) => ({ row, title: `${index} ${row.field}` }));
  test.each(here.filter(({ row }) => row.outcomes[place]))('$title', async ({ row }) => {
    const cells = cellsOf(row, place);
    const deeds = await countDeeds();
    const letters = await ask(row, place, cells);
    expect(inLines(cells, letters)).toEqual(inLines(cells));
    const done = cells.filter((cell) => isDone(row, cell)).length;
    if (row.deed && done > 0) deeds[row.deed] = (deeds[row.deed] ?? 0) + done;
    expect(await countDeeds()).toEqual(deeds);
    for (const { scene, before } of await Promise.all(sharedScenes.values())) {
      expect(await traces.of(scene)).toBe(before);
    }
  });
});

/** One person who asks in one way, and what is to come of it. */
interface Cell {
  /** Null for somebody who is logged out. */
  who: Someone | null;
  way: Way;
  letter: string;
}

function cellsOf({ outcomes }: Row, place: Place): Cell[] {
  const relations: readonly Relation[] = RELATIONS[place];
  const letters = outcomes[place]!.replaceAll(' ', '');
  expect(letters).toHaveLength(relations.length + 1);
  const nobody = letters.at(-1)!;
  const known = (way: Way) =>
    relations
      .map((who, index) => ({ who, way, letter: letters[index]! }))
      .filter(({ letter }) => letter !== '.');
  const isNobody = (way: Way) => (who: Someone | null) => ({ who, way, letter: nobody });
  return [
    ...known('token'),
    ...known('cookie'),
    ...[null, ...GONE].map(isNobody('token')),
    ...GONE.map(isNobody('cookie')),
    ...[relations[0]!, relations.at(-1)!].map(isNobody('foreignCookie')),
  ];
}

const inLines = (cells: Cell[], letters = cells.map(({ letter }) => letter)) =>
  cells.map(({ who, way }, index) => `${letters[index]} ${who ?? 'logged out'} by ${way}`);

/** Whether something changes by it. */
const isDone = (row: Row, { letter }: Cell) => row.changes && letter === '+';

/** Whatever is done is done in a scene of its own; in that for all nothing is left behind by what is refused or read. */
async function ask(row: Row, place: Place, cells: Cell[]): Promise<string[]> {
  const own = await scenesFor(
    place,
    cells.filter((cell) => isDone(row, cell)),
  );
  const askOne = async (cell: Cell) => {
    const scene = own.get(cell) ?? (await shared(settingOf(place, cell.who))).scene;
    const headers = cell.who ? await cast.headersOf(cell.who, cell.way) : {};
    const letter = await row.ask({ url: server.url, scene, who: cell.who, headers });
    if (row.endsSessions && cell.who) cast.forget(cell.who);
    return letter;
  };
  return row.endsSessions ? oneByOne(cells, askOne) : Promise.all(cells.map(askOne));
}

async function scenesFor(place: Place, cells: Cell[]): Promise<Map<Cell, Scene>> {
  const found = new Map<Cell, Scene>();
  for (const [setting, alike] of Map.groupBy(cells, ({ who }) => settingOf(place, who))) {
    const scenes = await createScenes(server.app, cast, setting, alike.length);
    alike.forEach((cell, index) => found.set(cell, scenes[index]!));
  }
  return found;
}

/** What is in the audit log, by what was done. */
async function countDeeds(): Promise<Record<string, number>> {
  const { prisma } = server.app.db;
  const counts = await prisma.auditEntry.groupBy({ by: 'action', _count: true });
  return Object.fromEntries(counts.map(({ action, _count }) => [action, _count]));
}

const sharedScenes = new Map<Setting, Promise<{ scene: Scene; before: string }>>();

/** One of each kind, in which nothing is ever done. */
function shared(setting: Setting) {
  const known = sharedScenes.get(setting) ?? share(setting);
  sharedScenes.set(setting, known);
  return known;
}

async function share(setting: Setting) {
  const [scene] = await createScenes(server.app, cast, setting, 1);
  await collected(server.app);
  return { scene: scene!, before: await traces.of(scene!) };
}

async function oneByOne<T, Result>(all: T[], act: (one: T) => Promise<Result>): Promise<Result[]> {
  const results = [];
  for (const one of all) results.push(await act(one));
  return results;
}

/** Somebody asks all there is to be asked of what they may not see, and the same of nothing. */
import { execute, parse, subscribe } from 'graphql';
import { expect } from 'vitest';
import type { Context } from '../../context.ts';
import { findDownload } from '../../data/request.ts';
import { schema } from '../../schema.ts';
import { hasAvatar } from '../../upload/avatar.ts';
import { findFile } from '../../upload/file.ts';
import { ask, bearer } from '../client.ts';
import type { TestApp } from '../harness.ts';
import type { TestPerson } from '../people.ts';
import { type Probe, probesOf, routeProbes } from './asking.ts';
import type { Clues } from './clues.ts';
import { listings, type Question } from './questions.ts';
import { statementsOf } from './statements.ts';

export interface Trial {
  server: TestApp;
  /** What is there and hidden from them, and what is not there. */
  there: Clues;
  nowhere: Clues;
}

/** A mistake in the question would be answered alike, too. */
const MISTAKEN = /GRAPHQL_(PARSE|VALIDATION)_FAILED|BAD_USER_INPUT|Variable \\"/;

/** @returns how many questions were asked, all of which must be answered with the same bytes. */
export async function expectSameAnswers(
  { server: { url }, there, nowhere }: Trial,
  { token }: TestPerson,
  questions: Question[],
): Promise<number> {
  const probes = [...questions.flatMap(probesOf), ...routeProbes()];
  for (const { title, answer } of probes) {
    const [told, toldOfNothing] = await Promise.all(
      [there, nowhere].map((clues) => answer(url, token, clues)),
    );
    expect(told, title).toBe(toldOfNothing);
    expect(told, title).not.toMatch(MISTAKEN);
  }
  return probes.length;
}

/** What the questions before have under way may answer this one as well, once; what tells of it tells each time. */
const ATTEMPTS = 3;

/** Nor does what takes no time to find take other statements: who measures how long it takes learns nothing. */
export async function expectSameStatements(
  { server: { app }, there, nowhere }: Trial,
  viewer: TestPerson,
  questions: Question[],
): Promise<void> {
  const contextValue: Context = { app, viewer, setCookie: () => {} };
  const acts = questions.map(({ title, query, variables }) => ({
    title,
    async act(clues: Clues) {
      const variableValues = variables(clues) as Record<string, unknown>;
      const args = { schema, document: parse(query), variableValues, contextValue };
      const result = await (query.startsWith('subscription') ? subscribe(args) : execute(args));
      if (Symbol.asyncIterator in result) await result.return?.(undefined);
    },
  }));
  const files = [
    { title: 'a file', act: ({ fileKey }: Clues) => findFile(app, viewer, fileKey) },
    { title: 'a picture', act: ({ fileKey }: Clues) => hasAvatar(app, viewer, fileKey) },
    { title: 'an export', act: ({ exportKey }: Clues) => findDownload(app, viewer, exportKey) },
  ];
  let count = 0;
  for (const { title, act } of [...acts, ...files]) {
    let difference = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const statements = await statementsOf(() => Promise.resolve(act(there)));
      const ofNothing = await statementsOf(() => Promise.resolve(act(nowhere)));
      count += statements.length;
      difference = differenceOf(statements, ofNothing);
      if (difference === '') break;
    }
    expect(difference, `${title}, ${difference}`).toBe('');
  }
  // They are heard.
  expect(count).toBeGreaterThan(questions.length / 4);
}

/** Empty where both are the same; otherwise where they part. */
function differenceOf(statements: string[], others: string[]): string {
  const most = Math.max(statements.length, others.length);
  for (let index = 0; index < most; index++) {
    const [one, other] = [statements[index] ?? 'nothing', others[index] ?? 'nothing'];
    if (one !== other) return `${index + 1} of ${most}: ${one.trim()} / ${other.trim()}`;
  }
  return '';
}

/** Whatever is listed, counted or pending, nothing of it is told. */
export async function expectNothingTold(
  { server: { url }, there }: Trial,
  { token }: TestPerson,
): Promise<void> {
  const { ids, ...others } = there;
  const clues = [...Object.values(ids), ...Object.values(others)];
  for (const query of listings()) {
    const { data, errors } = await ask(url, query, {}, bearer(token));
    const told = JSON.stringify({ data, errors });
    expect(told, query).not.toMatch(/"code":"(?!FORBIDDEN)/);
    for (const clue of clues) expect(told, query).not.toContain(clue);
  }
}

/** @returns how many of the questions tell somebody who belongs to it more than of nothing. */
export async function countTelling(
  { server: { url }, there, nowhere }: Trial,
  { token }: TestPerson,
  probes: Probe[],
): Promise<number> {
  let count = 0;
  for (const { answer } of probes) {
    const [one, other] = await Promise.all(
      [there, nowhere].map((clues) => answer(url, token, clues)),
    );
    if (one !== other) count++;
  }
  return count;
}

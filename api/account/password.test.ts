import { expect, test } from 'vitest';
import { createPasswords } from './password.ts';

test('a hash is argon2id with the parameters of OWASP, salted', async () => {
  const passwords = createPasswords();
  const [one, two] = await Promise.all([passwords.hash('same one'), passwords.hash('same one')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await passwords.verify(one, 'same one')).toBe(true);
  expect(await passwords.verify(one, 'other one')).toBe(false);
});

test('nobody’s password is right', async () => {
  const passwords = createPasswords();
  expect(await passwords.verify(null, 'nobody’s password')).toBe(false);
});

test('more than can wait are refused rather than left to time out', async () => {
  const passwords = createPasswords(10);
  const stored = await passwords.hash('a password');
  const all = Array.from({ length: 20 }, () =>
    passwords.verify(stored, 'x').catch((error) => error.code),
  );
  const refused = (await Promise.all(all)).filter((result) => result === 'UNAVAILABLE');
  // Two are at work by then, or wait as the others do.
  expect(refused.length).toBeGreaterThanOrEqual(8);
  expect(refused.length).toBeLessThanOrEqual(10);
});

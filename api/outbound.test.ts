import { once } from 'node:events';
import { request } from 'node:https';
import { expect, test } from 'vitest';
import { createPublicAgent, isAddress, isPublicAddress } from './outbound.ts';

test.each(['8.8.8.8', '151.101.1.140', '2606:4700:4700::1111', '2a00:1450:4001:82f::200e'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1'],
  ...['192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
  ],
  ...['2001::1', '2001:db8::1', '2002:7f00:1::', 'nonsense'],
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('a name that leads to this machine is not connected to', async () => {
  const agent = createPublicAgent();
  const [error] = await once(request('https://localhost/', { agent }), 'error').then(([found]) => [
    found,
  ]);
  expect(error).toMatchObject({ code: 'EACCES' });
  agent.destroy();
});

test('an address is told from a name', () => {
  expect(['[::1]', '127.0.0.1', 'localhost', 'push.example.org'].map(isAddress)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

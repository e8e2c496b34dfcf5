/**
 * Requests to addresses that users give. They must not lead into the network around the server, so the
 * names in them may only resolve to addresses that are everybody's; that is looked at when a connection is
 * made, since a name that was checked before may resolve to another address by then.
 */
import { lookup } from 'node:dns';
import { Agent } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Special-purpose addresses, by the registries of IANA (RFC 6890). */
const SPECIAL = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(network, bits, 'ipv6');
}
/** All others of IPv6 are not assigned, or somebody's own. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

/** Whether an address of a machine is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !SPECIAL.check(address, 'ipv4');
  return version === 6 && GLOBAL.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6');
}

/** As `dns.lookup`, but for names of which every address is public. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const foreign = addresses.find(({ address }) => !isPublicAddress(address));
    if (foreign) {
      const refusal = new Error(`${hostname} is at ${foreign.address}, which is not public`);
      return callback(Object.assign(refusal, { code: 'EACCES' }), '', 0);
    }
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** Whether a host of a URL is an address itself, which is connected to without a look-up. */
export const isAddress = (hostname: string): boolean => isIP(hostname.replace(/^\[|\]$/g, '')) > 0;

/** For requests to public machines only, by their names; give it URLs whose host is no address. */
export const createPublicAgent = (): Agent =>
  new Agent({ keepAlive: true, maxSockets: 16, timeout: 30_000, lookup: lookupPublic });

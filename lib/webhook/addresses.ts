import ipaddr from 'ipaddr.js';

/** 2000::/3 is all that is given out for the public internet (RFC 4291, IANA). */
const globalUnicast = ipaddr.IPv6.parse('2000::');
const globalUnicastBits = 3;

/**
 * Says whether the address can be one of the public internet. None that IANA sets aside for something else is, and none
 * of IPv6 that holds one of IPv4: it leads through a translator, to whatever stands behind that. A text that is no
 * address is not public.
 * https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address) || platformAddresses.has(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(globalUnicast, globalUnicastBits);
}

/** 127.0.0.0/8 or ::1, in their own families. */
export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.parse(address).range() === 'loopback';
}

/** Public by their numbers, and yet of the machine's own host: Azure's platform, with its metadata. */
const platformAddresses: ReadonlySet<string> = new Set(['168.63.129.16']);

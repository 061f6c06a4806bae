import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTargetCheck } from './target.ts';

const resolvingTo = (addresses: string[]) =>
  createTargetCheck({ allowLoopback: false, resolve: async () => addresses });
const strict = resolvingTo(['203.0.114.7']);

const notPublic = { ok: false, why: 'must have a host of which every address is public' };

type Octets = readonly [number, number, number, number];
const octet = fc.integer({ min: 0, max: 255 });
const range = (a: typeof octet, b = octet, c = octet): fc.Arbitrary<Octets> => fc.tuple(a, b, c, octet);
const is = (value: number) => fc.constant(value);
const from = (min: number, max: number) => fc.integer({ min, max });

/** Stated once more, by hand: RFC 1122, 1918, 3927, 5735, 5737, 6598, 2544, 6890, 7526, 1112. */
const refusedIpv4: fc.Arbitrary<Octets> = fc.oneof(
  range(is(0)),
  range(is(10)),
  range(is(100), from(64, 127)),
  range(is(127)),
  range(is(169), is(254)),
  range(is(172), from(16, 31)),
  range(is(192), is(0), is(0)),
  range(is(192), is(0), is(2)),
  range(is(192), is(88), is(99)),
  range(is(192), is(168)),
  range(is(198), from(18, 19)),
  range(is(198), is(51), is(100)),
  range(is(203), is(0), is(113)),
  range(from(224, 255)),
);

const radix = fc.constantFrom(
  (part: number) => String(part),
  (part: number) => `0x${part.toString(16)}`,
  (part: number) => `0X${part.toString(16).toUpperCase()}`,
  (part: number) => `0${part.toString(8)}`,
  (part: number) => `0x0000${part.toString(16)}`,
);
const wide = (text: string) => text.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
const dressed = fc.constantFrom(
  (text: string) => text,
  (text: string) => `${text}.`,
  (text: string) => text.replaceAll('.', '。'),
  wide,
  (text: string) => encodeURIComponent(text).replaceAll('.', '%2e').replace('1', '%31'),
);

/** The address in one of the spellings that the URL parser takes: one to four parts, in three bases, in odd letters. */
const spelled = (octets: Octets) => {
  const [a, b, c, d] = octets;
  const parts = fc.constantFrom(
    [a, b, c, d],
    [a, b, c * 256 + d],
    [a, (b * 256 + c) * 256 + d],
    [((a * 256 + b) * 256 + c) * 256 + d],
  );
  return fc
    .tuple(parts, fc.array(radix, { minLength: 4, maxLength: 4 }), dressed)
    .map(([numbers, bases, dress]) =>
      dress(numbers.map((part, at) => bases[at]?.(part) ?? String(part)).join('.')),
    );
};

const hex = ([a, b, c, d]: Octets) => `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
const inverse = ([a, b, c, d]: Octets): Octets => [255 - a, 255 - b, 255 - c, 255 - d];

/** Forms of IPv6 that hold an IPv4 address: compatible, mapped, SIIT, NAT64 (two), 6to4, Teredo. */
const holding = (octets: Octets) =>
  fc.constantFrom(
    `::${hex(octets)}`,
    `::${octets.join('.')}`,
    `::ffff:${hex(octets)}`,
    `::ffff:${octets.join('.')}`,
    `0:0:0:0:0:ffff:${octets.join('.')}`,
    `::ffff:0:${hex(octets)}`,
    `64:ff9b::${hex(octets)}`,
    `64:ff9b::${octets.join('.')}`,
    `64:ff9b:1::${hex(octets)}`,
    `2002:${hex(octets)}::1`,
    `2001:0:4136:e378:8000:63bf:${hex(inverse(octets))}`,
  );

describe('an IPv4 address that is not public', () => {
  it('is refused in every spelling that the URL parser takes', async () => {
    const host = refusedIpv4.chain(spelled);
    await fc.assert(
      fc.asyncProperty(host, fc.constantFrom('http', 'https', 'HTTP'), async (text, scheme) => {
        expect(URL.canParse(`${scheme}://${text}:9001/hook`)).toBe(true);
        expect(await strict.check(`${scheme}://${text}:9001/hook`, [])).toEqual(notPublic);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused in every IPv6 form that holds it, in a URL and as what a name resolves to', async () => {
    await fc.assert(
      fc.asyncProperty(refusedIpv4.chain(holding), async (address) => {
        expect(await strict.check(`http://[${address}]/`, [])).toEqual(notPublic);
        expect(await resolvingTo([address]).check('http://bot.example.com/', [])).toEqual(notPublic);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused as what a name resolves to, be it one of many', async () => {
    const among = fc.tuple(refusedIpv4, fc.integer({ min: 0, max: 3 }));
    await fc.assert(
      fc.asyncProperty(among, async ([octets, place]) => {
        const addresses = ['8.8.8.8', '2606:4700::1111', '1.1.1.1'].toSpliced(place, 0, octets.join('.'));
        expect(await resolvingTo(addresses).check('https://bot.example.com/', [])).toEqual(notPublic);
      }),
    );
  });
});

describe('a public address', () => {
  const publicIpv4 = fc
    .tuple(octet, octet, octet, octet)
    .filter(
      ([a, b, c]) =>
        a > 0 &&
        a < 224 &&
        ![10, 100, 127, 169, 172, 192, 198, 203].includes(a) &&
        !(a === 168 && b === 63 && c === 129),
    );

  it('is taken, in every spelling', async () => {
    await fc.assert(
      fc.asyncProperty(publicIpv4.chain(spelled), async (text) => {
        expect(await strict.check(`http://${text}/`, [])).toEqual({ ok: true });
      }),
    );
  });

  it.each([
    '192.0.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.0.1',
    '172.32.0.1',
    '198.17.0.1',
    '[2606:4700::1111]',
    '[2400:3200::1]',
    '[2001:4860:4860::8888]',
  ])('such as %s is taken', async (host) => {
    expect(await strict.check(`https://${host}:8443/`, [])).toEqual({ ok: true });
  });

  it('is refused in a form of IPv6 that only translators understand', async () => {
    await fc.assert(
      fc.asyncProperty(publicIpv4.chain(holding), async (address) => {
        expect(await strict.check(`http://[${address}]/`, [])).toEqual(notPublic);
      }),
    );
  });
});

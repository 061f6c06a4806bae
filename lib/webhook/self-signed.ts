import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** For tests alone: a key, and a certificate for `name` that it signed itself, as PEM (X.509, RFC 5280). */
export function selfSigned(name: string): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  const certificate = certificateOf(name, publicKey, createPrivateKey(privateKey));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

const tag = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** ecdsa-with-SHA256, commonName, subjectAltName. */
const oid = { ecdsa: '2a8648ce3d040302', commonName: '550403', altName: '551d11' } as const;

function certificateOf(name: string, publicKey: Buffer, privateKey: KeyObject): Buffer {
  const algorithm = der('sequence', oidOf(oid.ecdsa));
  const names = der(
    'sequence',
    der('set', der('sequence', oidOf(oid.commonName), der('utf8', Buffer.from(name)))),
  );
  const times = der('sequence', timeOf('20200101000000Z'), timeOf('99991231235959Z'));
  const altName = der('octets', der('sequence', der('dnsName', Buffer.from(name))));
  const signed = der(
    'sequence',
    der('version', der('integer', Buffer.of(2))),
    der('integer', Buffer.of(1)),
    algorithm,
    names,
    times,
    names,
    publicKey,
    der('extensions', der('sequence', der('sequence', oidOf(oid.altName), altName))),
  );
  const signature = sign('sha256', signed, privateKey);
  return der('sequence', signed, algorithm, der('bits', Buffer.of(0), signature));
}

function oidOf(hex: string): Buffer {
  return der('oid', Buffer.from(hex, 'hex'));
}

function timeOf(text: string): Buffer {
  return der('time', Buffer.from(text));
}

/** Tag, length, value (ITU-T X.690). */
function der(kind: keyof typeof tag, ...contents: readonly Buffer[]): Buffer {
  const value = Buffer.concat(contents);
  const { length } = value;
  const long = length < 128 ? [] : length < 256 ? [0x81] : [0x82, length >> 8];
  return Buffer.concat([Buffer.of(tag[kind], ...long, length & 0xff), value]);
}

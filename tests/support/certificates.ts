/** A private key and the certificate for it, as PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

// For tests alone: self-signed for bot.example.com and localhost, valid from 2020 to 2120. They are kept here so that
// the tests need no openssl; any two of their kind would do.

/** The one that a test adds to the authorities it trusts. */
export const trustedIdentity: Identity = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgp9kWJPbq+3pRcd0H
uCWqZOXs5pDdeDB3M0RzIkGAQ4mhRANCAATAhZKihJkcSD+WtW9xkdYqT73Pxiqu
SbTeSNwJlWeO2IvmkqRnte2SUM0lBVXC6nbKIPahWd6ckcSpxpb1/St5
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfjCCASagAwIBAgIUCTot+yProp23SfSR4ruEtlSHmI8wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYm90LmV4YW1wbGUuY29tMCAXDTIwMDEwMTAwMDAwMFoYDzIx
MjAwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA9ib3QuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAATAhZKihJkcSD+WtW9xkdYqT73PxiquSbTeSNwJ
lWeO2IvmkqRnte2SUM0lBVXC6nbKIPahWd6ckcSpxpb1/St5o0gwRjAlBgNVHREE
HjAcgg9ib3QuZXhhbXBsZS5jb22CCWxvY2FsaG9zdDAdBgNVHQ4EFgQUGfQTPDjO
XyxMgVd98fCu22PPzqIwCgYIKoZIzj0EAwIDRgAwQwIfETawQ3cmqwHJBm3I7KM8
h3SKDhTZAZM7WK9C4xeeegIgGHdbdnpcE22WTCHkLw5Mys9wbas81LI8QC46oDi9
2IU=
-----END CERTIFICATE-----
`,
};

/** For the same names, and never trusted. */
export const strangersIdentity: Identity = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3Nuocv6bdvyo3A99
v8WtLnLu5EKnV5mwHTnNHOhiyjahRANCAAQ9gN3vSPlnole4buBeOHa1OW/hd+bb
iJODIwVayjRRsD9kBw/h0wKWgpzoFUbpWCsABrxmWo2Kpc1XIGJkXLzY
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfzCCASagAwIBAgIUTRk6lh7vTF22Kzgq1JKPxLnVsPkwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPYm90LmV4YW1wbGUuY29tMCAXDTIwMDEwMTAwMDAwMFoYDzIx
MjAwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA9ib3QuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQ9gN3vSPlnole4buBeOHa1OW/hd+bbiJODIwVa
yjRRsD9kBw/h0wKWgpzoFUbpWCsABrxmWo2Kpc1XIGJkXLzYo0gwRjAlBgNVHREE
HjAcgg9ib3QuZXhhbXBsZS5jb22CCWxvY2FsaG9zdDAdBgNVHQ4EFgQU+kvzReRd
Ym1cOnU4zH83qi1dVF8wCgYIKoZIzj0EAwIDRwAwRAIgN6pdVH1Byh6RNadwi+eq
cz40CYs3WtFXU+i1bHph/tICIE/TOsywuKa59Km8JcGjYIZy9w+FkOHYIn4jb7KG
0T84
-----END CERTIFICATE-----
`,
};

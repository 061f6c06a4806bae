import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trustedIdentity } from '../../tests/support/certificates.ts';
import { type ScriptedServer, startScriptedServer } from '../../tests/support/scripted-server.ts';
import { createPasser } from './pass.ts';

const call = {
  group: 'message',
  operation: 'postText',
  token: 'token-of-tls',
  body: Buffer.from('{"appId":"wx_demo"}'),
};
const signal = new AbortController().signal;
const publicAuthorities = getCACertificates();
let server: ScriptedServer;
let baseUrl: string;
beforeAll(async () => {
  server = await startScriptedServer((response) => response.end('{"ret":200}'), { tls: trustedIdentity });
  baseUrl = `https://localhost:${server.port}/v2/api`;
});
afterAll(() => {
  setDefaultCACertificates(publicAuthorities);
  return server.close();
});

it('a GeWe whose certificate nobody vouches for is told nothing', async () => {
  const passer = createPasser({ baseUrl });
  const outcome = await passer.pass(call, Date.now() + 5_000, signal);
  expect(outcome).toMatchObject({ kind: 'failure', why: 'upstream-unreachable' });
  expect(server.received).toEqual([]);
});

it('over TLS, too, a call gets there, and its connection is used again for two seconds alone', async () => {
  setDefaultCACertificates([trustedIdentity.cert]);
  let nowMs = 1_000;
  const passer = createPasser({ baseUrl, nowMs: () => nowMs });
  for (const laterMs of [0, 2_000, 2_001]) {
    nowMs += laterMs;
    expect(await passer.pass(call, nowMs + 5_000, signal)).toMatchObject({ httpStatus: 200 });
  }
  passer.close();
  const came = server.received.map(({ url, body }) => `${url} ${body.toString()}`);
  expect(came).toEqual(Array.from({ length: 3 }, () => '/v2/api/message/postText {"appId":"wx_demo"}'));
  const [first = 0, ...others] = server.received.map(({ connection }) => connection);
  expect(others).toEqual([first, first + 1]);
});

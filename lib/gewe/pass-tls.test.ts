import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../webhook/self-signed.ts';
import { createPasser } from './pass.ts';

const call = {
  group: 'message',
  operation: 'postText',
  token: 'token-of-tls',
  body: Buffer.from('{"appId":"wx_demo"}'),
};
const signal = new AbortController().signal;
const { key, cert } = selfSigned('localhost');
const publicAuthorities = getCACertificates();
const heard: string[] = [];
let connections = 0;
let server: Server;
let baseUrl: string;
beforeAll(async () => {
  server = createServer({ key, cert }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push(`${request.url} ${body}`);
    response.end('{"ret":200}');
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  baseUrl = `https://localhost:${address.port}/v2/api`;
});
afterAll(() => {
  setDefaultCACertificates(publicAuthorities);
  server.closeAllConnections();
  server.close();
});

it('a GeWe whose certificate nobody vouches for is told nothing', async () => {
  const passer = createPasser({ baseUrl });
  const outcome = await passer.pass(call, Date.now() + 5_000, signal);
  expect(outcome).toMatchObject({ kind: 'failure', why: 'upstream-unreachable' });
  expect(heard).toEqual([]);
});

it('over TLS, too, a call gets there, and its connection is used again for two seconds alone', async () => {
  setDefaultCACertificates([cert]);
  let nowMs = 1_000;
  const passer = createPasser({ baseUrl, nowMs: () => nowMs });
  const before = connections;
  for (const laterMs of [0, 2_000, 2_001]) {
    nowMs += laterMs;
    expect(await passer.pass(call, nowMs + 5_000, signal)).toMatchObject({ httpStatus: 200 });
  }
  passer.close();
  expect(heard).toEqual(Array.from({ length: 3 }, () => '/v2/api/message/postText {"appId":"wx_demo"}'));
  expect(connections - before).toBe(2);
});

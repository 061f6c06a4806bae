import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Service, startService } from '../service/service.ts';
import { geweOperationIds, tokenOperationIds } from './documented.ts';
import { type Judge, startJudge } from './judge.ts';

const allowed = 'token-that-is-allowed';
const unknown = { refreshId: '0000001-aaaaaaaaaaaaaaaa', since: 'x'.repeat(43) };

let service: Service;
let judge: Judge;
beforeAll(async () => {
  const hash = createHash('sha256').update(allowed).digest('hex');
  service = await startService({ env: { ALLOWED_TOKEN_HASHES: hash } });
  judge = await startJudge(service.url, 'token-that-is-not');
});
afterAll(async () => {
  await judge.close();
  await service.close();
});

describe('a token that is not allowed here', () => {
  it.each(tokenOperationIds)('is refused by %s', async (id) => {
    const reply = await judge.ask(id, unknown);
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.text).type).toBe('urn:problem-type:gewe-contacts:token-not-allowed');
  });

  it.each(geweOperationIds)('is refused by %s', async (id) => {
    const reply = await judge.ask(id);
    expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'token-not-allowed' } });
  });

  it('is told from one that is', async () => {
    expect((await judge.ask('getContacts', { token: allowed })).status).toBe(404);
  });
});

describe('of the contract', () => {
  it('every answer to a token that is not allowed was given', () => {
    expect(judge.neverHeard('not-allowed')).toEqual([]);
  });
});

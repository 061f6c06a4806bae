import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSealingKey } from '../../lib/runtime/sealing-key.ts';
import { clientOf } from './client.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  // The worker has another key than the one that tokens are sealed for: it cannot serve any message.
  const { privateKey } = await newSealingKey();
  service = await startService({ env: { SEALING_KEYRING: JSON.stringify({ keys: [privateKey] }) } });
});
afterAll(() => service.close());

describe('a refresh whose worker fails every time', () => {
  it('ends in the dead-letter queue, whose function fails it in words', async () => {
    const client = clientOf(service.url, 'token-of-the-dead');
    const { id } = JSON.parse((await client.startRefresh('wx_dead')).text);
    const ended = await client.getRefresh('wx_dead', id, { headers: { Prefer: 'wait=25' } });
    expect(JSON.parse(ended.text)).toMatchObject({
      status: 'failed',
      error: { type: 'urn:problem-type:gewe-contacts:worker-crashed' },
    });
    expect(JSON.parse((await client.startRefresh('wx_dead')).text).id).not.toBe(id);
  });
});

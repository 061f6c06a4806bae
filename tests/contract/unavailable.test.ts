import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadFunctions } from '../../mocks/local-stack/functions.ts';
import { startGateway } from '../../mocks/local-stack/gateway.ts';
import type { Listening } from '../../mocks/loopback.ts';
import { config, type Service, startService } from '../service/service.ts';
import { geweOperationIds, resourceOperationIds } from './documented.ts';
import { type Door, openDoor } from './door.ts';
import { type Judge, startJudge } from './judge.ts';

const token = 'token-of-the-unavailable';
const unknown = {
  refreshId: '0000001-aaaaaaaaaaaaaaaa',
  since: 'x'.repeat(43),
  callbackId: 'x'.repeat(54),
};
const wait = { headers: { Prefer: 'wait=20' } };
const problem = 'urn:problem-type:gewe-contacts:unavailable';

let service: Service;
let store: Door;
let judge: Judge;
beforeAll(async () => {
  service = await startService();
  store = await openDoor(service.dynamoDbUrl);
  // The SDK reads it at its first call.
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url;
  judge = await startJudge(service.url, token);
  await judge.ask('startRefresh', wait);
});
afterAll(async () => {
  await judge.close();
  await service.close();
  await store.close();
});

describe('while the store is down', () => {
  beforeAll(() => store.close());
  afterAll(() => store.open());

  it.each(resourceOperationIds)('%s says so', async (id) => {
    const reply = await judge.ask(id, unknown);
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text).type).toBe(problem);
  });

  it.each(geweOperationIds)('%s says so', async (id) => {
    const reply = await judge.ask(id);
    expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'unavailable' } });
  });
});

describe('when the store is up again', () => {
  it('the list is there, and a start works', async () => {
    expect((await judge.ask('getContacts')).status).toBe(200);
    const ended = await judge.ask('startRefresh', wait);
    expect(JSON.parse(ended.text)).toMatchObject({ status: 'succeeded' });
  });
});

describe('while the queue is down', () => {
  let gateway: Listening;
  let cutOff: Judge;
  beforeAll(async () => {
    const queue = await openDoor(service.sqsUrl);
    await queue.close();
    process.env.AWS_ENDPOINT_URL_SQS = queue.url;
    process.env.QUEUE_URL = process.env.QUEUE_URL?.replace(service.sqsUrl, queue.url);
    // The two that send are loaded once more: the queue's address is read then.
    vi.resetModules();
    const senders = config.functions.filter(({ key }) => key === 'start-refresh' || key === 'delete-device');
    gateway = await startGateway({ functions: senders, invoke: await loadFunctions(senders) });
    cutOff = await startJudge(gateway.url, token);
  });
  afterAll(async () => {
    await cutOff.close();
    await gateway.close();
  });

  it.each(['startRefresh', 'eraseDevice'] as const)('%s says so', async (id) => {
    const reply = await cutOff.ask(id, { appId: 'wx_queue_down' });
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text).type).toBe(problem);
  });

  it('fetchContactsList says so, and a start afterwards begins anew', async () => {
    const reply = await cutOff.ask('fetchContactsList', { appId: 'wx_queue_down' });
    expect(JSON.parse(reply.text)).toMatchObject({ ret: 500, data: { code: 'unavailable' } });
    const list = await judge.ask('fetchContactsList', { appId: 'wx_queue_down' });
    expect(JSON.parse(list.text).data.friends).toHaveLength(29);
  });
});

describe('of the contract', () => {
  it('every answer of a service whose store is down was given', () => {
    expect(judge.neverHeard('unavailable')).toEqual([]);
  });

  it('every header was sent, and no other', () => {
    expect(judge.neverSentHeaders().filter((name) => name.includes(' 503:'))).toEqual([]);
    expect(judge.undocumentedHeaders()).toEqual([]);
  });
});

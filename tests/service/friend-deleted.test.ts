import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { location, type Service, startService, tableName } from './service.ts';

// A friend is deleted while a refresh is running whose list call began before.

const token = 'token-of-the-deleted';
const friend = 'wxid_friend';
const sample = readFileSync(join(import.meta.dirname, '../../mocks/gewe/callbacks/friend-deleted.json'));

let gewe: ScriptedServer;
let service: Service;
beforeAll(async () => {
  gewe = await startScriptedServer();
  service = await startService({ env: { GEWE_BASE_URL: gewe.url, CHANGE_DEBOUNCE_S: '0' } });
});
afterAll(async () => {
  await service.close();
  await gewe.close();
});

const call = (method: string, path: string, body?: object) =>
  fetch(`${service.url}${path}`, {
    method,
    headers: { 'X-GEWE-TOKEN': token },
    ...(body && { body: JSON.stringify(body) }),
  });

/** The pending rerun of the device's record. */
async function pendingRerun() {
  const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
  const records = createRecordStore({ client, name: tableName }, randomUUID);
  const record = await records.load(deviceKeyOf(token, 'wx_demo'));
  client.destroy();
  return record?.rerun;
}

it('the list that is served in the end lacks that friend, after exactly one more refresh', async () => {
  let answerFirst: (() => void) | undefined;
  let listCalls = 0;
  gewe.play((response, { url }) => {
    const say = (data: unknown) => void response.end(JSON.stringify({ ret: 200, msg: '操作成功', data }));
    const list = (friends: string[]) => say({ friends, chatrooms: [], ghs: [] });
    const isListCall = url.endsWith('/fetchContactsList');
    if (isListCall) listCalls += 1;
    if (!isListCall) say(true);
    else if (listCalls > 1) list(['weixin']);
    else answerFirst = () => list(['weixin', friend]);
  });
  await call('PUT', '/v1/devices/wx_demo/subscription', {});
  const put = await call('PUT', '/v1/callback', {});
  const { url }: { url: string } = Object(await put.json());
  await call('POST', '/v1/devices/wx_demo/contacts/refreshes');
  await vi.waitFor(() => expect(answerFirst).toBeDefined(), 10_000);
  for (let repeat = 0; repeat < 3; repeat += 1) {
    expect((await fetch(url, { method: 'POST', body: sample })).status).toBe(200);
  }
  await vi.waitFor(async () => {
    expect(service.messages.filter((message) => message.includes('"kind":"callback"'))).toHaveLength(3);
    expect(await pendingRerun()).toMatchObject({ trigger: 'callback' });
  }, 10_000);
  answerFirst?.();
  await vi.waitFor(async () => {
    const stored: { data?: { friends: string[] } } = Object(
      await (await call('GET', '/v1/devices/wx_demo/contacts')).json(),
    );
    expect(stored.data?.friends).toEqual(['weixin']);
  }, 10_000);
  expect(listCalls).toBe(2);
});

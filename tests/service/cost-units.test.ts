import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRecordStore } from '../../lib/aws/dynamodb/record-store.ts';
import { packBody } from '../../lib/aws/dynamodb/snapshot-body.ts';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import type { Contacts } from '../../lib/device/contacts.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import type { RecordStore } from '../../lib/device/ports.ts';
import { reporting } from '../../lib/telemetry/report.ts';
import { metricsWritten, packedBytesPerId, type Units, units } from '../../tools/cost/units.ts';
import { type AwsMeter, startAwsMeter } from '../support/aws-meter.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';
import { location, type Service, startService, tableName } from './service.ts';

// What AWS bills of each thing that happens, measured on the functions as they run: `npm run cost` computes with what stands in
// tools/cost/units.ts. A test that fails here prints what was measured: state it there, and the tables of docs/cost.md follow.

const through = vi.hoisted(() => ({ meter: (url: string) => url }));
vi.mock('../../mocks/local-stack/functions-environment.ts', async (original) => {
  const real = await original<typeof import('../../mocks/local-stack/functions-environment.ts')>();
  const functionsEnvironment: typeof real.functionsEnvironment = (places) => {
    const wiring = Object.entries(real.functionsEnvironment(places));
    const isAws = (name: string) => name.startsWith('AWS_ENDPOINT_URL') || name.endsWith('QUEUE_URL');
    return Object.fromEntries(
      wiring.map(([name, value]) => [name, isAws(name) ? through.meter(value) : value]),
    );
  };
  return { ...real, functionsEnvironment };
});

const token = 'token-of-costs';
/** So often that refreshes begin at once, and not together with later ones. */
const everyS = 600;
/** As many as SQS takes and gives at once: a bunch of the schedule is larger. */
const devices = Array.from({ length: 10 }, (_, index) => `wx_${index}`);

let meter: AwsMeter;
let service: Service;
let gewe: ScriptedServer;
let bot: ScriptedServer;
const ids = 1_000;
let list = friends(ids);
let listTakesMs = 0;
let lines: string[] = [];
/** Those of the last reading. */
let lastLines: readonly string[] = [];

beforeAll(async () => {
  gewe = await startScriptedServer((response) => {
    const answer = JSON.stringify({ ret: 200, msg: '操作成功', data: list });
    response.writeHead(200, { 'content-type': 'application/json' });
    setTimeout(() => response.end(answer), listTakesMs);
  });
  bot = await startScriptedServer((response) => response.end('ok'));
  meter = await startAwsMeter();
  through.meter = meter.through;
  reporting.write = (line) => void lines.push(line);
  service = await startService({
    // As on AWS, no message shows while it is worked on.
    visibilityTimeoutS: 30,
    env: {
      GEWE_BASE_URL: gewe.url,
      LOG_LEVEL: 'INFO',
      METRICS_STAGE: 'prod',
      LEASE_S: '18',
      GEWE_LIST_TIMEOUT_S: '60',
      FORWARD_TO_LOOPBACK: 'ALLOW',
    },
  });
  for (const appId of devices) {
    await call('PUT', `devices/${appId}/subscription`, { refreshEverySeconds: everyS });
    await started(appId);
  }
  await quiet();
  // The first refresh of the schedule finds none before it that leaves the record.
  await scheduled();
});
afterAll(async () => {
  await service.close();
  for (const server of [meter, gewe, bot]) await server.close();
});

/** Ids as WeChat gives them: 14 characters of 36 after the prefix. */
function friends(count: number): Contacts {
  const id = () => `wxid_${Array.from({ length: 14 }, () => randomInt(36).toString(36)).join('')}`;
  return { friends: Array.from({ length: count }, id), chatrooms: [], ghs: [] };
}

async function call(method: string, path: string, body?: object) {
  const answer = await fetch(`${service.url}/v1/${path}`, {
    method,
    headers: { 'X-GEWE-TOKEN': token, Prefer: 'wait=20' },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBeLessThan(300);
  return answer;
}

const started = (appId: string) => call('POST', `devices/${appId}/contacts/refreshes`);

async function withRecords<T>(use: (records: RecordStore) => Promise<T>): Promise<T> {
  const client = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
  const answer = await use(createRecordStore({ client, name: tableName }, randomUUID));
  client.destroy();
  return answer;
}

const refreshesOf = (appIds: readonly string[]) =>
  withRecords(async (records) =>
    Promise.all(appIds.map(async (appId) => (await records.load(deviceKeyOf(token, appId)))?.refresh)),
  );

/** As if an hour had passed since the last refresh: its period has come, and nothing is recent. */
async function makeDue(appId: string): Promise<void> {
  const deviceKey = deviceKeyOf(token, appId);
  await withRecords(async (records) => {
    const record = await records.load(deviceKey);
    if (record?.subscription === undefined) throw new Error(`${appId} has no subscription`);
    const anchorMs = record.subscription.anchorMs - everyS * 1_000;
    const subscription = { ...record.subscription, anchorMs, dueAtMs: Date.now() - 1_000 };
    await records.compareAndSet(deviceKey, { ...record, rev: record.rev + 1, subscription });
  });
}

/** Resolves when no line was logged for a moment: whatever a message still led to has been done. */
async function quiet(): Promise<void> {
  let seen = -1;
  await vi.waitFor(
    () => {
      const before = seen;
      seen = lines.length;
      expect(seen).toBe(before);
    },
    { timeout: 40_000, interval: 700 },
  );
}

/** The schedule's minute has come for all devices; resolves when they are refreshed. */
async function scheduled(): Promise<Units> {
  for (const appId of devices) await makeDue(appId);
  const before = new Set((await refreshesOf(devices)).map((refresh) => refresh?.id));
  await reading();
  await service.tick();
  await vi.waitFor(
    async () => {
      for (const refresh of await refreshesOf(devices)) {
        expect(before.has(refresh?.id)).toBe(false);
        expect(refresh?.status).toBe('succeeded');
      }
    },
    { timeout: 100_000, interval: 200 },
  );
  return reading();
}

/** What happened since the last reading. */
async function reading(): Promise<Units> {
  await quiet();
  const { sqs, ...counted } = meter.read();
  const written = lines;
  lastLines = written;
  lines = [];
  return {
    ...counted,
    sqsRequests: Object.values(sqs).reduce((sum, count) => sum + count, 0),
    logLines: written.length,
    logBytes: written.reduce((sum, line) => sum + Buffer.byteLength(line), 0),
  };
}

function combined(one: Units, other: Units, factor: number): Units {
  // Tenths, for what ten devices share.
  const of = (unit: keyof Units) => Math.round(10 * (one[unit] + factor * other[unit])) / 10;
  return {
    writeUnits: of('writeUnits'),
    readUnits: of('readUnits'),
    sqsRequests: of('sqsRequests'),
    events: of('events'),
    s3Puts: of('s3Puts'),
    s3Gets: of('s3Gets'),
    logLines: of('logLines'),
    logBytes: of('logBytes'),
  };
}

/** One of ten, without the minute that began them. */
function each(of: Units): Units {
  const without = combined(of, units.idleMinute, -1);
  return combined(without, without, 1 / devices.length - 1);
}

/** What is stated of a thing is what was measured: the numbers in the lines of a log differ in their digits, and polls in time. */
function expectMeasured(measured: Units, stated: Units): void {
  const { logBytes, ...counts } = measured;
  const { logBytes: statedBytes, ...statedCounts } = stated;
  expect(counts).toEqual(statedCounts);
  expect(Math.abs(logBytes - statedBytes), `bytes of the log: ${logBytes}`).toBeLessThan(
    20 + statedBytes / 20,
  );
}

/** The metrics of our own that were written since the last reading, each with its dimensions. */
function metricsIn(written: readonly string[]): number {
  const named = written.flatMap((line) => {
    const { _aws, ...fields }: { _aws?: { CloudWatchMetrics: { Dimensions: string[][] }[] } } =
      JSON.parse(line);
    const [dimensions = []] = _aws?.CloudWatchMetrics[0]?.Dimensions ?? [];
    const values = dimensions.map((name) => Object.entries(fields).find(([key]) => key === name));
    return _aws === undefined ? [] : [JSON.stringify([_aws.CloudWatchMetrics, values])];
  });
  return new Set(named).size;
}

it('a minute in which nothing is due is stated as it is', async () => {
  await reading();
  await service.tick();
  expectMeasured(await reading(), units.idleMinute);
});

describe('a refresh of the schedule is stated as it is', () => {
  it('when it finds the stored list', async () => {
    expectMeasured(each(await scheduled()), units.scheduledRefresh);
    expect(metricsIn(lastLines)).toBe(metricsWritten.schedule);
  });

  it('when its lease is renewed', async () => {
    listTakesMs = 7_000;
    const more = combined(each(await scheduled()), units.scheduledRefresh, -1);
    listTakesMs = 0;
    // Six seconds are a third of the lease; a machine that is busy may come to a second renewal.
    const renewals = more.writeUnits / units.renewal.writeUnits;
    expect(renewals).toBeGreaterThan(0);
    expectMeasured(combined(more, units.renewal, 1 - renewals), units.renewal);
  });

  it('when it finds another list', async () => {
    list = { ...list, friends: list.friends.toSpliced(0, 1, ...friends(1).friends) };
    const more = combined(each(await scheduled()), units.scheduledRefresh, -1);
    const bytes = ids * packedBytesPerId;
    const ofList = { ...more, writeUnits: Math.ceil(bytes / 1024), readUnits: Math.ceil(bytes / 4096) / 2 };
    const { writeUnits, readUnits } = combined(more, ofList, -1);
    expectMeasured({ ...more, writeUnits, readUnits }, units.change);
  });
});

it('a refresh that a caller starts is stated as it is', async () => {
  await reading();
  for (const appId of devices) await started(appId);
  const of = await reading();
  const one = combined(of, of, 1 / devices.length - 1);
  // A caller that waits looks for the end again and again.
  expect(one.readUnits).toBeGreaterThanOrEqual(units.startedRefresh.readUnits);
  expectMeasured({ ...one, readUnits: units.startedRefresh.readUnits }, units.startedRefresh);
});

it('a read of a list is stated as it is', async () => {
  await reading();
  await call('GET', 'devices/wx_0/contacts');
  const of = await reading();
  const readUnits = of.readUnits - Math.ceil((ids * packedBytesPerId) / 4096) / 2;
  expectMeasured({ ...of, readUnits }, units.listRead);
  expect(metricsIn(lastLines)).toBe(metricsWritten.reads);
});

it('a callback that is received, processed and forwarded is stated as it is', async () => {
  const sample = join(import.meta.dirname, '../../mocks/gewe/callbacks/friend-text.json');
  const body = readFileSync(sample, 'utf8').replace('wx_demo', 'wx_0');
  const terms = { forwardTo: `http://127.0.0.1:${bot.port}/` };
  const { url }: { url: string } = Object(await (await call('PUT', 'callback', terms)).json());
  const post = () => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  // The time of a callback is noted once in ten seconds.
  await post();
  await reading();
  await post();
  expectMeasured(await reading(), units.callback);
  expect(metricsIn(lastLines)).toBe(metricsWritten.callbacks);
});

it('a list takes as many bytes as is stated', () => {
  const packed = packBody(list)?.byteLength ?? 0;
  expect(Math.abs(packed / ids - packedBytesPerId)).toBeLessThan(packedBytesPerId / 50);
});

it('nothing crashed on the way', () => expect(service.crashes).toEqual([]));

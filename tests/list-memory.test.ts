import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue } from '../lib/aws/sqs/queues.ts';
import { deviceOwnerOf } from '../lib/device/keys.ts';
import { defaultPolicy } from '../lib/device/policy.test-data.ts';
import { startRefresh } from '../lib/refresh/start.ts';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce, newRefreshSuffix } from '../lib/system/random.ts';
import { readServerlessConfig } from '../mocks/local-stack/serverless-config.ts';
import { type LocalSqs, startSqs } from '../mocks/local-stack/sqs.ts';
import { type Listening, listenOnLoopback } from '../mocks/loopback.ts';
import { localLocation, useLocalTable } from './support/local-table.ts';

// How much memory a run of the worker needs whose list calls are all answered at the same moment: the function as it is bundled, in a
// process of its own with the flags that Lambda gives it.

const root = join(import.meta.dirname, '..');
const memoryMb = 512;
const { perRun } = readServerlessConfig(join(root, 'serverless.yml')).listCalls;
const localTable = useLocalTable();
const policy = { ...defaultPolicy, minRefreshIntervalMs: 0 };
const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-memory-'));
let sqs: LocalSqs;
let gewe: Listening;
let key: Awaited<ReturnType<typeof newSealingKey>>;
/** What GeWe answers, to so many calls at once. */
let answer = Buffer.alloc(0);
let atOnce = 0;

beforeAll(async () => {
  key = await newSealingKey();
  const queue = { visibilityTimeoutS: 900, maxReceiveCount: 10, deadLetterName: 'dead' };
  sqs = await startSqs({
    queues: [
      { name: 'refresh', ...queue },
      { name: 'schedule', ...queue },
      { name: 'dead', visibilityTimeoutS: 900 },
    ],
  });
  const open: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    open.push(response);
    if (open.length === atOnce) for (const one of open.splice(0)) one.end(answer);
  });
  gewe = await listenOnLoopback(server, 0);
  await build({
    entryPoints: [join(root, 'functions/fetch-contacts.ts')],
    outfile: join(folder, 'fetch-contacts.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
  });
  writeFileSync(
    join(folder, 'run.js'),
    `
    const { handler } = require('./fetch-contacts.js');
    const endsAtMs = Date.now() + 900_000;
    handler({ Records: [] }, { getRemainingTimeInMillis: () => endsAtMs - Date.now() })
      .then(() => console.log('maxRSS', process.resourceUsage().maxRSS));
  `,
  );
});
afterAll(async () => {
  await gewe.close();
  await sqs.close();
  rmSync(folder, { recursive: true });
});

/** The ids of a list; every `round` has others in a tenth of them. */
function idsOf(count: number, round: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `wxid_${index % 10 === 0 ? round : 0}_${String(index).padStart(12, '0')}`,
  );
}

/** Starts refreshes of so many devices, runs the worker for them, and gives its greatest memory, in MB. */
async function runWith(devices: number, ids: readonly string[]): Promise<number> {
  const table = localTable.open();
  const records = createRecordStore(table, newNonce);
  const client = createSqsClient(localLocation(sqs.url));
  const ports = {
    records,
    archive: createRefreshArchive(table, clock),
    queue: createRefreshQueue(client, sqs.queueUrl('refresh')),
    sealer: createSealer(key.publicKey),
    clock,
    policy,
    newRefreshSuffix,
  };
  const owners = Array.from({ length: devices }, (_, index) =>
    deviceOwnerOf({ token: 'token', appId: `wx_${ids.length}_${index}` }),
  );
  for (const owner of owners) {
    await startRefresh({ owner, trigger: 'api', waitMs: 0 }, ports, new AbortController().signal);
  }
  client.destroy();
  answer = Buffer.from(JSON.stringify({ ret: 200, msg: '', data: { friends: ids, chatrooms: [], ghs: [] } }));
  atOnce = devices;
  const flags = [
    `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
    `--max-semi-space-size=${Math.floor(memoryMb / 20)}`,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, 'run.js')], {
    env: {
      TABLE_NAME: table.name,
      QUEUE_URL: sqs.queueUrl('refresh'),
      SCHEDULE_QUEUE_URL: sqs.queueUrl('schedule'),
      LIST_CALLS_PER_RUN: String(perRun),
      EVENT_BUS_NAME: 'bus',
      GEWE_BASE_URL: gewe.url,
      SEALING_KEYRING: JSON.stringify({ keys: [key.privateKey] }),
      MIN_REFRESH_INTERVAL_S: '0',
      LOG_LEVEL: 'WARN',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: localTable.url,
      AWS_ENDPOINT_URL_SQS: sqs.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9',
    },
  });
  for (const { deviceKey } of owners) {
    expect((await records.load(deviceKey))?.refresh).toMatchObject({ status: 'succeeded' });
  }
  return Number(/maxRSS (\d+)/.exec(stdout)?.[1]) / 1024;
}

it.each([
  ['50 lists of 10,000 ids', perRun, 10_000],
  ['12 lists of 5 MiB', 12, 230_000],
])(
  '%s, all new and then all changed, fit into the memory of the function',
  async (_what, devices, count) => {
    for (const round of [1, 2]) {
      // Without the gate in lib/gewe/client.ts the large ones take more: fifty of them would end the run.
      expect(await runWith(devices, idsOf(count, round))).toBeLessThan(memoryMb * 0.75);
    }
  },
  300_000,
);

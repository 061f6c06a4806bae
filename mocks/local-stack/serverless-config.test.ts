import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readServerlessConfig } from './serverless-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is read of a file of this text, with the resources of every such file. */
function readText(text: string) {
  const file = join(folder, 'serverless.yml');
  const resources = `resources:
- Resources:
    ContactsTable: { Type: AWS::DynamoDB::Table, Properties: { TableName: '\${self:custom.table}' } }
    Bus: { Type: AWS::Events::EventBus, Properties: { Name: 'bus-\${sls:stage}' } }
`;
  writeFileSync(
    file,
    `service: x\nprovider: { stage: dev }\ncustom: { table: 't-\${sls:stage}', listCalls: { runs: 2, perRun: 50 } }\n${text}\n${resources}`,
  );
  return readServerlessConfig(file);
}

const committed = readServerlessConfig('serverless.yml');
const functionNamed = (wanted: string) => committed.functions.find(({ key }) => key === wanted);

it('reads the names, times and limits of every queue of the committed serverless.yml', () => {
  expect(committed.tableName).toBe('gewe-contacts-dev');
  expect(committed.bus).toEqual({ resource: 'ContactsEventBus', name: 'gewe-contacts-dev' });
  expect(committed.queues).toHaveLength(7);
  expect(committed.queues[0]).toEqual({
    resource: 'RefreshQueue',
    name: 'gewe-contacts-dev-refresh',
    visibilityTimeoutS: 930,
    maxReceiveCount: 10,
    deadLetterName: 'gewe-contacts-dev-refresh-dead',
  });
});

it('reads what each function is called for', () => {
  expect(functionNamed('fetch-contacts')).toMatchObject({
    name: 'gewe-contacts-dev-fetch-contacts',
    timeoutS: 900,
    routes: [],
    queues: [{ queueName: 'gewe-contacts-dev-refresh', concurrency: 2, batchSize: 10 }],
    allowsLoops: true,
  });
  expect(functionNamed('forward-callback')?.allowsLoops).toBe(true);
  expect(functionNamed('refresh-dead-letters')?.allowsLoops).toBe(false);
  expect(functionNamed('refresh-dead-letters')?.queues).toEqual([
    { queueName: 'gewe-contacts-dev-refresh-dead', concurrency: 2, batchSize: 1 },
  ]);
  expect(functionNamed('not-found')).toMatchObject({ routes: ['$default'], timeoutS: 29 });
  expect(functionNamed('receive-callback')?.routes).toEqual(['POST /v1/callbacks/{callbackId}']);
  expect(functionNamed('start-due')).toMatchObject({
    schedules: [{ name: 'gewe-contacts-dev-start-due', everyMs: 60_000 }],
    maxRetries: 0,
  });
  expect(functionNamed('on-refresh-event')?.rules).toEqual([
    {
      name: 'gewe-contacts-dev-refresh-requested',
      busName: 'gewe-contacts-dev',
      detailTypes: ['Contacts Refresh Requested'],
    },
  ]);
});

it('spreads MAX_LIST_CALLS over the runs of fetch-contacts, and never gives them more', () => {
  const told = () => readServerlessConfig('serverless.yml').listCalls;
  expect(told()).toMatchObject({ runs: 2, perRun: 50 });
  try {
    for (const most of [2, 3, 20, 99, 100, 101, 420, 999, 20_000]) {
      process.env.MAX_LIST_CALLS = String(most);
      const { runs, perRun } = told();
      expect(runs).toBeGreaterThanOrEqual(2);
      expect(perRun).toBeLessThanOrEqual(50);
      expect(runs * perRun).toBeLessThanOrEqual(most);
      expect(runs * perRun).toBeGreaterThan(most - runs);
    }
  } finally {
    delete process.env.MAX_LIST_CALLS;
  }
});

it('puts values in the place of variables, and takes an event without a type for any', () => {
  const rule = '{ eventBridge: { name: r, eventBus: !Ref Bus, pattern: {} } }';
  const { tableName, bus, functions } = readText(`functions: { f: { events: [${rule}] } }`);
  expect([tableName, bus.name]).toEqual(['t-dev', 'bus-dev']);
  expect(functions[0]?.rules).toEqual([{ name: 'r', busName: 'bus-dev', detailTypes: undefined }]);
});

it.each([
  [
    'a queue that is not there',
    '{ sqs: { arn: !GetAtt Gone.Arn } }',
    'there is no resource "Gone" with a name',
  ],
  [
    'a queue without a batch size',
    '{ sqs: { arn: !GetAtt Bus.Arn, maximumConcurrency: 2 } }',
    'functions.f: the batchSize of sqs must be a number',
  ],
  [
    'a schedule without a name',
    '{ schedule: { rate: rate(1 minute) } }',
    'functions.f: the name of schedule must be',
  ],
  [
    'a schedule of another kind',
    '{ schedule: { name: s, rate: cron(0 1 * * ? *) } }',
    'knows no schedule "cron(',
  ],
  [
    'a pattern that it cannot match',
    '{ eventBridge: { name: r, eventBus: !Ref Bus, pattern: { source: [a] } } }',
    'functions.f: the local stack knows patterns of detail-type alone',
  ],
])('refuses %s, and says where', (_what, event, fault) => {
  expect(() => readText(`functions: { f: { events: [${event}] } }`)).toThrow(fault);
});

import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDynamoDbClient } from '../../lib/aws/dynamodb/table.ts';
import {
  dimensionsOf,
  dimensionValues,
  type MetricName,
  metrics,
  namespace,
} from '../../lib/telemetry/metrics.ts';
import { clientOf } from '../acceptance/client.ts';
import { location, type Service, startService, tableName } from './service.ts';

// What the functions write to the log, as CloudWatch would read it.

const { lines } = vi.hoisted(() => ({ lines: [] as string[] }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (_to: number, bytes: Buffer, offset = 0) => {
    lines.push(...bytes.subarray(offset).toString('utf8').trimEnd().split('\n'));
    return bytes.length - offset;
  };
  return { ...fs, writeSync };
});

const canary = 'canary-7be2d0-token';
let service: Service;
let client: ReturnType<typeof clientOf>;
beforeAll(async () => {
  service = await startService({
    env: { METRICS_STAGE: 'test', GEWE_CACHE_WINDOW_S: '0' },
  });
  client = clientOf(service.url, canary);
});
afterAll(() => service.close());

/** The metrics written since the last question, without their times and values. */
function written(): string[] {
  const found = lines.splice(0).map((line) => {
    const { _aws, Stage, ...rest } = JSON.parse(line);
    const [directive] = _aws.CloudWatchMetrics;
    const [{ Name: name, Unit: unit }] = directive.Metrics;
    const metric = metricNamed(name);
    expect([directive.Namespace, directive.Dimensions, unit, Stage]).toEqual([
      namespace,
      [dimensionsOf(metric)],
      metrics[metric].unit,
      'test',
    ]);
    expect(rest[name]).toBeGreaterThanOrEqual(0);
    const by = dimensionsOf(metric)[1];
    if (by !== undefined)
      expect(Object.entries(dimensionValues)).toContainEqual([by, expect.arrayContaining([rest[by]])]);
    return by === undefined ? name : `${name} ${rest[by]}`;
  });
  return found.toSorted();
}

/** These and no others are written, some of them a moment after the answer: the worker writes them when the end is stored. */
async function expectWritten(names: readonly string[]): Promise<void> {
  const found: string[] = [];
  await vi.waitFor(() => {
    found.push(...written());
    expect(found.toSorted()).toEqual(names);
  });
}

function metricNamed(name: string): MetricName {
  const isMetric = (text: string): text is MetricName => Object.hasOwn(metrics, text);
  if (!isMetric(name)) throw new Error(`no such metric: ${name}`);
  return name;
}

describe('the metrics that the functions write', () => {
  it('tell of a refresh that succeeds: its start, the call, its end and its duration, and the list served', async () => {
    await client.fetchContactsList('wx_counted', { headers: { Prefer: 'wait=20' } });
    await expectWritten([
      'ListAgeS',
      'RefreshDurationS',
      'RefreshesEnded succeeded',
      'StartsBegun',
      'UpstreamDurationMs list',
      'UpstreamFailures',
    ]);
  });

  it('tell the age of a list that is served, or known to the caller', async () => {
    const { headers } = await client.getContacts('wx_counted');
    await client.getContacts('wx_counted', { headers: { 'If-None-Match': headers.etag ?? '' } });
    await client.fetchContactsListCache('wx_counted');
    await client.getContacts('wx_unknown');
    await expectWritten(['ListAgeS', 'ListAgeS', 'ListAgeS']);
  });

  it('tell of a refresh that fails its class', async () => {
    service.gewe.mock.setScenario('token-rejected');
    await client.startRefresh('wx_counted', { headers: { Prefer: 'wait=20' } });
    await expectWritten(['RefreshesEnded token-rejected', 'StartsBegun', 'UpstreamDurationMs list']);
  });

  it('tell of each empty list that was not taken', async () => {
    service.gewe.mock.setScenario('empty-lists');
    await client.startRefresh('wx_counted', { headers: { Prefer: 'wait=20' } });
    await expectWritten([
      'ListsRejected empty',
      'ListsRejected empty',
      'RefreshesEnded upstream-empty',
      'StartsBegun',
      'UpstreamDurationMs list',
      'UpstreamDurationMs list',
      'UpstreamFailures',
    ]);
  });

  it('tell of starts that join', async () => {
    service.gewe.mock.setScenario('slow', 1);
    await client.startRefresh('wx_joined', { headers: { Prefer: 'respond-async' } });
    await client.startRefresh('wx_joined', { headers: { Prefer: 'wait=20' } });
    expect(written().filter((name) => name.startsWith('Starts'))).toEqual(['StartsBegun', 'StartsJoined']);
  });

  it('hold no token and no app id, whatever becomes of the call', async () => {
    service.gewe.mock.setScenario('token-rejected');
    await client.fetchContactsList('wx_hidden', { headers: { Prefer: 'wait=20' } });
    await client.eraseDevice('wx_hidden');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('\n')).not.toMatch(/canary|wx_hidden/);
  });

  it('tell of each request that is not served, under HTTP 200 as well', async () => {
    lines.splice(0);
    const admin = createDynamoDbClient({ ...location, endpoint: service.dynamoDbUrl });
    await admin.send(new DeleteTableCommand({ TableName: tableName }));
    admin.destroy();
    expect((await client.fetchContactsListCache('wx_counted')).status).toBe(200);
    expect((await client.getContacts('wx_counted')).status).toBe(503);
    await expectWritten(['RequestsFailed', 'RequestsFailed']);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readServerlessConfig } from './serverless-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads names, times and limits of the committed serverless.yml', () => {
  const config = readServerlessConfig('serverless.yml');
  expect(config).toMatchObject({
    tableName: 'gewe-contacts-dev',
    refreshQueue: { name: 'gewe-contacts-dev-refresh', visibilityTimeoutS: 330, maxReceiveCount: 10 },
    deadLetterQueue: { name: 'gewe-contacts-dev-refresh-dead' },
    workerConcurrency: 10,
  });
  expect(config.functionName('fetch-contacts')).toBe('gewe-contacts-dev-fetch-contacts');
});

it('names the setting that is missing', () => {
  const file = join(folder, 'serverless.yml');
  writeFileSync(file, 'service: x\nprovider: { stage: dev }\ncustom: { names: {} }\n');
  expect(() => readServerlessConfig(file)).toThrow('serverless.yml: custom.names.table must be a string');
});

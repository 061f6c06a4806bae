import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loadDotEnv, readLocalSettings } from './settings.ts';

it('has a default for everything', () => {
  const { ports, dataDir } = readLocalSettings({}, '/repository');
  expect(ports.api.port).toBe(3000);
  expect(new Set(Object.values(ports).map(({ port }) => port)).size).toBe(6);
  expect(dataDir).toBe('/repository/.local');
});

it('takes what is set, and an empty variable for one that is not', () => {
  const env = { PORT: '8080', SQS_PORT: '', LOCAL_DATA_DIR: '/data' };
  const { ports, dataDir } = readLocalSettings(env, '/repository');
  expect(ports.api.port).toBe(8080);
  expect(ports.sqs.port).toBe(4040);
  expect(dataDir).toBe('/data');
});

it('names every fault in one line, those of the functions too', () => {
  const env = {
    PORT: 'x',
    SQS_PORT: '0',
    DYNAMODB_PORT: '80',
    LEASE_S: '1',
    GEWE_BASE_URL: 'nonsense',
    FORWARD_TO_LOOPBACK: 'yes',
    CHATROOM_INTERVAL_S: '-1',
  };
  const read = () => readLocalSettings(env, '/');
  const named = ['PORT is "x"', 'SQS_PORT is "0"', 'LEASE_S is "1"', 'GEWE_BASE_URL', 'FORWARD_TO_LOOPBACK'];
  for (const name of [...named, 'CHATROOM_INTERVAL_S']) {
    expect(read).toThrow(name);
  }
  expect(read).not.toThrow('DYNAMODB_PORT');
  expect(read).not.toThrow('\n');
});

it('takes from .env what the environment does not set', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
  vi.stubEnv('ENV_FILE', undefined);
  vi.stubEnv('SQS_PORT', '5000');
  vi.stubEnv('EVENTS_PORT', undefined);
  writeFileSync(join(folder, '.env'), 'SQS_PORT=5001\nEVENTS_PORT=5002\n');
  loadDotEnv(folder);
  const { ports } = readLocalSettings(process.env, folder);
  expect([ports.sqs.port, ports.events.port]).toEqual([5_000, 5_002]);
  loadDotEnv(join(folder, 'nowhere'));
  rmSync(folder, { recursive: true });
});

it('listens on 127.0.0.1, unless HOST says otherwise, and shows text, unless LOG_FORMAT does', () => {
  expect(readLocalSettings({}, '/')).toMatchObject({ host: '127.0.0.1', logFormat: 'text' });
  const env = { HOST: '0.0.0.0', LOG_FORMAT: 'json' };
  expect(readLocalSettings(env, '/')).toMatchObject({ host: '0.0.0.0', logFormat: 'json' });
});

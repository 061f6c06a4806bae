import { expect, it } from 'vitest';
import { readLocalSettings } from './settings.ts';

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

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { portFaults } from './ports-check.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function takenPort(host: string): Promise<number> {
  server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

it('finds nothing wrong with free ports', async () => {
  const port = await takenPort('127.0.0.1');
  server?.close();
  await once(server ?? createServer(), 'close');
  expect(await portFaults([{ part: 'the API', variable: 'PORT', port }])).toEqual([]);
});

it('names the part and the variable of a taken port', async () => {
  const port = await takenPort('127.0.0.1');
  expect(await portFaults([{ part: 'the API', variable: 'PORT', port }], 0)).toEqual([
    `port ${port} of the API is taken (set PORT)`,
  ]);
});

it('names a port that two parts claim', async () => {
  const port = await takenPort('127.0.0.1');
  server?.close();
  await once(server ?? createServer(), 'close');
  const claims = [
    { part: 'the API', variable: 'PORT', port },
    { part: 'SQS', variable: 'SQS_PORT', port },
  ];
  expect(await portFaults(claims, 0)).toEqual([
    `port ${port} of SQS is also the port of the API (set SQS_PORT)`,
  ]);
});

it('waits for a port that is being let go', async () => {
  const port = await takenPort('127.0.0.1');
  const faults = portFaults([{ part: 'the API', variable: 'PORT', port }], 5_000);
  server?.close();
  expect(await faults).toEqual([]);
});

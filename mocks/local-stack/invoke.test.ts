import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { invokeFunction } from './invoke.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function lambdaApi(answer: RequestListener): Promise<number> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

it('sends the event to the function and gives its answer', async () => {
  const port = await lambdaApi((request, response) => {
    request.on('data', (event) =>
      response.end(JSON.stringify({ url: request.url, event: JSON.parse(event) })),
    );
  });
  expect(await invokeFunction(port, 'worker', { Records: [] })).toEqual({
    kind: 'answered',
    payload: { url: '/2015-03-31/functions/worker/invocations', event: { Records: [] } },
  });
});

it('takes an empty payload for null', async () => {
  const port = await lambdaApi((_request, response) => response.end());
  expect(await invokeFunction(port, 'worker', {})).toEqual({ kind: 'answered', payload: null });
});

it('tells a function that threw by the header', async () => {
  const port = await lambdaApi((_request, response) => {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end('{"errorMessage":"boom","trace":[]}');
  });
  expect(await invokeFunction(port, 'worker', {})).toEqual({ kind: 'crashed', reason: 'boom' });
});

it('tells a connection that was lost', async () => {
  const port = await lambdaApi((request) => request.socket.destroy());
  expect(await invokeFunction(port, 'worker', {})).toMatchObject({ kind: 'unreachable' });
});

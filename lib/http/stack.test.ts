import { describe, expect, it } from 'vitest';
import { contextOf } from '../../mocks/local-stack/functions.ts';
import { QueueUnavailable, StoreUnavailable } from '../device/ports.ts';
import { eventOf } from './api-gateway.test-data.ts';
import type { GatewayResult } from './api-gateway.ts';
import { Fault } from './faults.ts';
import { httpHandler, type Serve } from './stack.ts';

/** What a function answers and reports, in order. */
async function run(serve: Serve, more: Parameters<typeof eventOf>[0] = {}, timeoutMs = 29_000) {
  const told: unknown[] = [];
  const tell =
    (level: string) =>
    (message: string, fields: object = {}, error?: unknown) =>
      void told.push([level, message, fields, ...(error === undefined ? [] : [error])]);
  const handler = httpHandler(serve, {
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    telemetry: { requestFailed: () => void told.push('counted') },
  });
  const result: GatewayResult = await handler(eventOf(more), contextOf(timeoutMs));
  return { told, result, body: JSON.parse(result.body ?? 'null') };
}

const fails = (error: unknown) => () => Promise.reject(error);
const route = 'GET /v1/devices/{appId}/contacts/changes';

describe('a request', () => {
  it('that is answered is logged with its route and status, and nothing of its own', async () => {
    const { told, result, body } = await run(async ({ path }) => ({
      status: 200,
      body: JSON.stringify(path),
    }));
    expect(result.statusCode).toBe(200);
    expect(body).toBe('/v1/devices/wx_demo/contacts/changes');
    expect(told).toEqual([['info', 'request answered', { route, status: 200 }]]);
  });

  it('that is refused is logged first with its code, then answered in the form of the API that was called', async () => {
    const fault = new Fault('token-missing');
    const rest = await run(fails(fault));
    expect(rest.result).toMatchObject({
      statusCode: 401,
      headers: { 'WWW-Authenticate': expect.any(String) },
    });
    expect(rest.body).toMatchObject({ type: 'urn:problem-type:gewe-contacts:token-missing', status: 401 });
    expect(rest.told).toEqual([['info', 'request rejected', { route, code: 'token-missing' }]]);

    const gewe = await run(fails(fault), { routeKey: '$default', rawPath: '/v2/api/x' });
    expect(gewe.result.statusCode).toBe(200);
    expect(gewe.body).toMatchObject({ ret: 500, data: { code: 'token-missing' } });
    expect(gewe.told).toEqual([['info', 'request rejected', { route: '$default', code: 'token-missing' }]]);
  });

  it.each([
    [new StoreUnavailable('no table'), 'unavailable', 503],
    [new QueueUnavailable('no queue'), 'unavailable', 503],
    [new TypeError('the canary of a defect'), 'internal-error', 500],
  ])(
    'that fails with %s is counted, logged with what was thrown, and answered without it',
    async (error, code, status) => {
      const { told, result, body } = await run(fails(error));
      expect(told).toEqual(['counted', ['error', 'request failed', { route, code }, error]]);
      expect(result.statusCode).toBe(status);
      expect(body).toMatchObject({ type: `urn:problem-type:gewe-contacts:${code}` });
      expect(result.body).not.toContain(error.message);
    },
  );

  it('that a fault of ours ended is logged with the cause of the fault', async () => {
    const cause = new Error('too slow');
    const { told } = await run(fails(new Fault('unavailable', [], { cause })));
    expect(told).toEqual(['counted', ['error', 'request failed', { route, code: 'unavailable' }, cause]]);
  });

  it('that takes until the last second of the function is aborted, and answered in that second', async () => {
    let isAborted = false;
    const hangs: Serve = (_request, signal) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      return new Promise(() => undefined);
    };
    const { told, result, body } = await run(hangs, {}, 1_000);
    expect(isAborted).toBe(true);
    expect(result.statusCode).toBe(503);
    expect(body).toMatchObject({ type: 'urn:problem-type:gewe-contacts:unavailable' });
    const cause = new Error('the function ran out of time');
    expect(told).toEqual(['counted', ['error', 'request failed', { route, code: 'unavailable' }, cause]]);
  });
});

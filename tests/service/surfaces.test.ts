import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../acceptance/client.ts';
import { surfacesSuite } from '../acceptance/surfaces.ts';
import { patientSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: patientSettings });
});
afterAll(() => service.close());

surfacesSuite(() => service.target);

it('a path trick that the gateway passes on as it is gets 400', async () => {
  const url = `${service.url}/v1/devices/..%2F..%2Fx/contacts`;
  expect((await call(url, 'GET', { token: 'token-of-surfaces' })).status).toBe(400);
});

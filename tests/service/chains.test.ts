import { afterAll, beforeAll, expect, it } from 'vitest';
import { chainsSuite } from '../acceptance/chains.ts';
import { chainSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: chainSettings });
});
afterAll(() => service.close());

chainsSuite(() => service.target);

it('takes a message for each list call and each look into the cache, of which none makes a worker fail', () => {
  expect(service.crashes).toEqual([]);
});

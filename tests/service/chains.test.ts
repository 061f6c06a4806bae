import { afterAll, beforeAll, expect, it } from 'vitest';
import { longestChain } from '../../mocks/local-stack/trace.ts';
import { chainsSuite } from '../acceptance/chains.ts';
import { chainSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: chainSettings });
});
afterAll(() => service.close());

chainsSuite(() => service.target);

it('had a chain of more messages than Lambda lets a loop have', () => {
  expect(service.messages.length).toBeGreaterThan(longestChain);
  expect(service.crashes).toEqual([]);
});

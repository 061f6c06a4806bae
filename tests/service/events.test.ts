import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventsSuite } from '../acceptance/events.ts';
import { quickSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: { ...quickSettings, FORWARD_TO_LOOPBACK: 'ALLOW' } });
});
afterAll(() => service.close());

eventsSuite(() => service.target);

it('no function crashed on the way', () => expect(service.crashes).toEqual([]));

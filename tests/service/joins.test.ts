import { afterAll, beforeAll } from 'vitest';
import { joinsSuite } from '../acceptance/joins.ts';
import { quickSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: quickSettings });
});
afterAll(() => service.close());

joinsSuite(() => service.target);

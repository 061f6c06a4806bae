import { afterAll, beforeAll } from 'vitest';
import { scenariosSuite } from '../acceptance/scenarios.ts';
import { quickSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: { ...quickSettings, GEWE_LIST_TIMEOUT_S: '1' } });
});
afterAll(() => service.close());

scenariosSuite(() => service.target);

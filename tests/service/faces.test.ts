import { afterAll, beforeAll } from 'vitest';
import { facesSuite } from '../acceptance/faces.ts';
import { patientSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ env: patientSettings });
});
afterAll(() => service.close());

facesSuite(() => service.target);

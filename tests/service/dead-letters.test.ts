import { afterAll, beforeAll } from 'vitest';
import { newSealingKey } from '../../lib/sealing/sealing-key.ts';
import { deadLettersSuite } from '../acceptance/dead-letters.ts';
import { patientSettings } from '../acceptance/target.ts';
import { type Service, startService } from './service.ts';

let service: Service;
beforeAll(async () => {
  const { privateKey } = await newSealingKey();
  const keyring = JSON.stringify({ keys: [privateKey] });
  service = await startService({ env: { ...patientSettings, SEALING_KEYRING: keyring } });
});
afterAll(() => service.close());

deadLettersSuite(() => service.target);

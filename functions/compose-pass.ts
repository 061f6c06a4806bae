import { callReader } from '../lib/gewe/changing-calls.ts';
import { createPasser } from '../lib/gewe/pass.ts';
import type { NotPassed, PassedCall } from '../lib/pass-through/call.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';

/**
 * Joins what every call needs that is passed through: no store, no queue, no SDK. What a few of them lead to is loaded when one does;
 * its settings are read here, so that a fault in them shows at the function's start.
 */
export function composePass(env: Env) {
  return readConfig(env, (read) => {
    const wiring = {
      region: read(wiringSettings.region),
      tableName: read(wiringSettings.tableName),
      queueUrl: read(wiringSettings.queueUrl),
      sealingPublicKey: read(wiringSettings.sealingPublicKey),
      allowLoopback: read(wiringSettings.forwardToLoopback) === 'ALLOW',
      policy: policyFrom(read),
    };
    const report = reportFrom(read);
    const ports = {
      upstream: createPasser({ baseUrl: read(userSettings.geweBaseUrl) }),
      reader: callReader,
      effects: async () => (await import('./compose-pass-effects.ts')).passEffects(wiring),
      clock,
      onNotPassed: ({ group, operation }: PassedCall, { why, error }: NotPassed) =>
        report.log.warn('call not passed through', { what: `${group}/${operation}`, code: why }, error),
      onLostEffect: (error: unknown) => report.log.error('follow-up of a passed call failed', {}, error),
    };
    return {
      ports,
      ...callersFrom(read),
      rule: read(userSettings.passThrough),
      publicBaseUrl: read.optional(userSettings.publicBaseUrl),
      report,
    };
  });
}

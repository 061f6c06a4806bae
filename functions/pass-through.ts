import { callReader } from '../lib/gewe/changing-calls.ts';
import { createPasser } from '../lib/gewe/pass.ts';
import { callbackHostOf } from '../lib/http/callback-answer.ts';
import { passedAnswer, passedCallOf } from '../lib/http/passed-call.ts';
import { httpHandler } from '../lib/http/stack.ts';
import type { NotPassed, PassedCall } from '../lib/pass-through/call.ts';
import { passThrough } from '../lib/pass-through/pass-through.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { reportFrom } from '../lib/telemetry/report.ts';

// What every call needs: no store, no queue, no SDK. What a few calls lead to is loaded with pass-through-effects.ts when one does, so
// this file imports neither the wiring nor an adapter of AWS. The settings of both are read here: a fault in them shows at the start.
const { ports, publicBaseUrl, report, ...terms } = readConfig(process.env, (read) => {
  const settings = {
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
    effects: async () => (await import('./pass-through-effects.ts')).effectsOf(settings),
    clock,
    onNotPassed: ({ group, operation }: PassedCall, { why, error }: NotPassed) =>
      report.log.warn('call not passed through', { what: `${group}/${operation}`, code: why }, error),
    onLostEffect: (error: unknown) => report.log.error('follow-up of a passed call failed', {}, error),
  };
  const publicBaseUrl = read.optional(userSettings.publicBaseUrl);
  return { ports, ...callersFrom(read), rule: read(userSettings.passThrough), publicBaseUrl, report };
});

/**
 * Every call of GeWe's that this service does not answer itself: `passThrough` of the GeWe-compatible API (`openapi.yaml`). GeWe's status
 * and bytes come back; what could not be passed is an envelope with HTTP 200.
 */
export const handler = httpHandler(async (request, signal) => {
  const call = passedCallOf(request, terms);
  const hostOf = () => callbackHostOf(request, publicBaseUrl);
  return passedAnswer(await passThrough(call, hostOf, ports, signal));
}, report);

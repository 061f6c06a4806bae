import { createAcceptedTokens } from '../lib/aws/dynamodb/accepted-tokens.ts';
import { createDueIndex } from '../lib/aws/dynamodb/due-index.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createRefreshArchive } from '../lib/aws/dynamodb/refresh-archive.ts';
import { createSubscriptionStore } from '../lib/aws/dynamodb/subscription-store.ts';
import { createGeweAccount } from '../lib/gewe/account.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { callersFrom, policyFrom, readConfig } from '../lib/settings/read-settings.ts';
import { userSettings } from '../lib/settings/user-settings.ts';
import { wiringSettings } from '../lib/settings/wiring-settings.ts';
import { newNonce, newRefreshSuffix, newSubscriptionSuffix } from '../lib/system/random.ts';
import { clock, type Env, reportFrom } from './compose-report.ts';
import { queueFrom, tableFrom } from './compose-shared.ts';

// Joins the adapters of the functions that refresh devices without their callers.

/** Can seal a token, and asks GeWe whether it accepts it. */
export function composeSubscriber(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      subscriptions: createSubscriptionStore(table),
      tokens: createAcceptedTokens(table, clock),
      account: createGeweAccount({ baseUrl: read(userSettings.geweBaseUrl) }),
      sealer: createSealer(read(wiringSettings.sealingPublicKey)),
      clock,
      newSubscriptionSuffix,
    };
    const shortestPeriodMs = read(userSettings.minRefreshInterval);
    return { ports, ...callersFrom(read), shortestPeriodMs, report: reportFrom(read) };
  });
}

/** Passes sealed tokens on, and can open none. */
export function composeSchedule(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const { log, telemetry } = reportFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      archive: createRefreshArchive(table, clock),
      subscriptions: createSubscriptionStore(table),
      index: createDueIndex(table),
      queue: queueFrom(read),
      clock,
      policy: policyFrom(read),
      newRefreshSuffix,
      random: Math.random,
      telemetry,
    };
    return { ports, log };
  });
}

/** Likewise. */
export function composeRerunRequester(env: Env) {
  return readConfig(env, (read) => {
    const table = tableFrom(read);
    const ports = {
      records: createRecordStore(table, newNonce),
      subscriptions: createSubscriptionStore(table),
      queue: queueFrom(read),
      clock,
      policy: policyFrom(read),
    };
    return { ports, ...reportFrom(read) };
  });
}

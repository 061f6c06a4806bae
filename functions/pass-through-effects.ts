import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue } from '../lib/aws/sqs/queues.ts';
import { callbackOwnerOf } from '../lib/callbacks/callback-id.ts';
import { noteRegistered, redirectCallback } from '../lib/callbacks/redirect.ts';
import { deviceOwnerOf } from '../lib/device/keys.ts';
import type { Policy } from '../lib/device/policy.ts';
import type { PassEffects } from '../lib/pass-through/call.ts';
import { requestRerunAsOwner } from '../lib/refresh/request-rerun.ts';
import type { PublicJwk } from '../lib/sealing/jwk.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { createTargetCheck } from '../lib/webhook/target.ts';

/** The settings that `pass-through.ts` has read. */
export interface EffectSettings {
  readonly region: string;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly sealingPublicKey: PublicJwk;
  readonly allowLoopback: boolean;
  readonly policy: Policy;
}

let effects: PassEffects | undefined;

/** What a few of the calls lead to that are passed through; made once. It can seal a token, and not open one. */
export function effectsOf(settings: EffectSettings): PassEffects {
  effects ??= makeEffects(settings);
  return effects;
}

function makeEffects(settings: EffectSettings): PassEffects {
  const location = { region: settings.region };
  const table = { client: createDynamoDbClient(location), name: settings.tableName };
  const redirectPorts = {
    callbacks: createCallbackStore(table),
    targets: createTargetCheck({ allowLoopback: settings.allowLoopback }),
    clock,
  };
  const rerunPorts = {
    records: createRecordStore(table, newNonce),
    queue: createRefreshQueue(createSqsClient(location), settings.queueUrl),
    sealer: createSealer(settings.sealingPublicKey),
    clock,
    policy: settings.policy,
  };
  return {
    redirect: (token, setting, host) =>
      redirectCallback(callbackOwnerOf(token), setting, host, redirectPorts),
    noteRegistered: (token, url, host) => noteRegistered(callbackOwnerOf(token), url, host, redirectPorts),
    async requestRerun(secret) {
      await requestRerunAsOwner(deviceOwnerOf(secret), 'pass-through', rerunPorts);
    },
  };
}

import { createCallbackStore } from '../lib/aws/dynamodb/callback-store.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createDynamoDbClient } from '../lib/aws/dynamodb/table.ts';
import { createSqsClient } from '../lib/aws/sqs/queue.ts';
import { createRefreshQueue } from '../lib/aws/sqs/queues.ts';
import { noteRegistered, redirectCallback } from '../lib/callbacks/redirect.ts';
import type { Policy } from '../lib/device/policy.ts';
import type { PassEffects } from '../lib/pass-through/call.ts';
import { requestRerunAsOwner } from '../lib/refresh/request-rerun.ts';
import type { PublicJwk } from '../lib/sealing/jwk.ts';
import { createSealer } from '../lib/sealing/token-sealing.ts';
import { newNonce } from '../lib/system/random.ts';
import { createTargetCheck } from '../lib/webhook/target.ts';
import { clock } from './compose-report.ts';

interface PassWiring {
  readonly region: string;
  readonly tableName: string;
  readonly queueUrl: string;
  readonly sealingPublicKey: PublicJwk;
  readonly allowLoopback: boolean;
  readonly policy: Policy;
}

let effects: PassEffects | undefined;

/** Joins what a few of the calls lead to that are passed through; once, and then the same. Can seal a token, and not open one. */
export function passEffects(wiring: PassWiring): PassEffects {
  effects ??= makeEffects(wiring);
  return effects;
}

function makeEffects(wiring: PassWiring): PassEffects {
  const location = { region: wiring.region };
  const table = { client: createDynamoDbClient(location), name: wiring.tableName };
  const redirectPorts = {
    callbacks: createCallbackStore(table),
    targets: createTargetCheck({ allowLoopback: wiring.allowLoopback }),
    clock,
  };
  const wantPorts = {
    records: createRecordStore(table, newNonce),
    queue: createRefreshQueue(createSqsClient(location), wiring.queueUrl),
    sealer: createSealer(wiring.sealingPublicKey),
    clock,
    policy: wiring.policy,
  };
  return {
    redirect: (token, setting, host) => redirectCallback(token, setting, host, redirectPorts),
    noteRegistered: (token, url, host) => noteRegistered(token, url, host, redirectPorts),
    async requestRerun(secret) {
      await requestRerunAsOwner(secret, 'pass-through', wantPorts);
    },
  };
}

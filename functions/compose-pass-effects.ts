import { noteRegistered, redirectCallback } from '../lib/app/redirect-callback.ts';
import { wantRefreshAsBearer } from '../lib/app/want-refresh.ts';
import type { PassEffects } from '../lib/domain/passed-call.ts';
import type { Policy } from '../lib/domain/policy.ts';
import { createCallbackStore } from '../lib/dynamodb/callback-store.ts';
import { createDynamoDbClient } from '../lib/dynamodb/client.ts';
import { createRecordStore } from '../lib/dynamodb/record-store.ts';
import { createTargetCheck } from '../lib/relay/target.ts';
import type { PublicJwk } from '../lib/runtime/jwk.ts';
import { newNonce } from '../lib/runtime/random.ts';
import { createSealer } from '../lib/runtime/sealing.ts';
import { createSqsClient } from '../lib/sqs/client.ts';
import { createRefreshQueue } from '../lib/sqs/refresh-queue.ts';
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
    async wantRefresh(secret) {
      await wantRefreshAsBearer(secret, 'pass-through', wantPorts);
    },
  };
}

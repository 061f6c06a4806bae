import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deviceKeyOf } from '../../lib/domain/keys.ts';
import { createDynamoDbClient } from '../../lib/dynamodb/client.ts';
import { recordSk } from '../../lib/dynamodb/record-store.ts';
import { partitionOf } from '../../lib/dynamodb/table.ts';
import { call } from '../service/client.ts';
import { location, type Service, startService, tableName } from '../service/service.ts';
import {
  documentedAnswers,
  geweOperationIds,
  operationIds,
  operationOf,
  operations,
  resourceOperationIds,
} from './documented.ts';
import { type Judge, startJudge } from './judge.ts';

const token = 'token-of-the-contract';
const unknownId = '0000001-aaaaaaaaaaaaaaaa';
const unknownDigest = 'x'.repeat(43);
/** What the operations need besides the device. */
const asked = { refreshId: unknownId, since: unknownDigest };

let service: Service;
let judge: Judge;
beforeAll(async () => {
  service = await startService({ env: { FAILURE_COOLDOWN_S: '30' } });
  judge = await startJudge(service.url, token);
});
afterAll(async () => {
  await judge.close();
  await service.close();
});

describe('the contract', () => {
  it('describes the operations that are asked here, and no other', () => {
    expect([...operations.keys()].toSorted()).toEqual([...operationIds].toSorted());
    expect(new Set(documentedAnswers).size).toBe(documentedAnswers.length);
  });
});

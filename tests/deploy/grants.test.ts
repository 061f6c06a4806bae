import { describe, expect, it } from 'vitest';
import { grantFaults, tellGrantFaults } from './grants.ts';

const role = {
  functionName: 'worker',
  logGroupArn: 'arn:logs',
  accessKeyId: 'KEY',
  grants: [
    'logs:CreateLogStream on arn:logs',
    'logs:PutLogEvents on arn:logs',
    'sqs:ReceiveMessage on arn:queue',
    'sqs:DeleteMessage on arn:queue',
    'sqs:GetQueueAttributes on arn:queue',
    'dynamodb:GetItem on arn:table',
  ],
};
const mappings = [{ functionName: 'worker', queueArn: 'arn:queue' }];
const call = (grant: string, accessKeyId = 'KEY') => ({
  accessKeyId,
  grant,
  messageBody: undefined,
  text: '',
});
const recorded = [call('dynamodb:GetItem on arn:table')];

describe('grants', () => {
  it('are right when each is used or needed by Lambda itself', () => {
    expect(grantFaults([role], mappings, recorded)).toEqual([]);
  });

  it('are too few when a call, the poller or the log needs another', () => {
    for (const gone of role.grants) {
      const grants = role.grants.filter((grant) => grant !== gone);
      const faults = grantFaults([{ ...role, grants }], mappings, recorded);
      expect(faults).toEqual([{ functionName: 'worker', missing: [gone], unused: [] }]);
      expect(tellGrantFaults(faults).join()).toContain(gone);
    }
  });

  it('are too many when nothing used one, or another function or resource did', () => {
    const more = 'dynamodb:PutItem on arn:table';
    const grants = [...role.grants, more];
    for (const used of [call(more, 'ANOTHER'), call('dynamodb:PutItem on arn:another')]) {
      const [fault] = grantFaults([{ ...role, grants }], mappings, [...recorded, used]);
      expect(fault?.unused).toEqual([more]);
    }
  });

  it('to read objects need that to list them, so that S3 says of one that is not there that it is not', () => {
    const reads = 's3:GetObject on arn:bucket/*';
    const lists = 's3:ListBucket on arn:bucket';
    const grants = [...role.grants, reads, lists];
    expect(grantFaults([{ ...role, grants }], mappings, [...recorded, call(reads)])).toEqual([]);
    const without = [{ ...role, grants: [...role.grants, reads] }];
    expect(grantFaults(without, mappings, [...recorded, call(reads)])[0]?.missing).toEqual([lists]);
    expect(grantFaults([{ ...role, grants }], mappings, recorded)[0]?.unused).toEqual([reads, lists]);
  });

  it('of the poller are too many when the function serves no queue', () => {
    expect(grantFaults([role], [], recorded)[0]?.unused).toHaveLength(3);
  });
});

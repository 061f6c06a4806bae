import { expect, it } from 'vitest';
import { refusals } from './search.ts';

it('a call that IAM refused is found in the log of its function, once', () => {
  const line =
    '{"level":"ERROR","thrown":[{"name":"QueueUnavailable","message":"SQS SendMessage: AccessDenied"}]}';
  const aws = 'User: arn:x is not authorized to perform: dynamodb:PutItem on resource: arn:y';
  const logs = new Map([
    ['/aws/lambda/starter', [line, 'all is well', line]],
    ['/aws/lambda/worker', [aws]],
  ]);
  expect(refusals(logs)).toEqual([
    'starter was refused SQS SendMessage',
    'worker was refused dynamodb:PutItem',
  ]);
});

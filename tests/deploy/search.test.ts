import { expect, it } from 'vitest';
import { failedStarts, listRejections } from './search.ts';

it('a call that IAM refused is found in the log of its function, once', () => {
  const line =
    '{"level":"ERROR","thrown":[{"name":"QueueUnavailable","message":"SQS SendMessage: AccessDenied"}]}';
  const aws = 'User: arn:x is not authorized to perform: dynamodb:PutItem on resource: arn:y';
  const logs = new Map([
    ['/aws/lambda/starter', [line, 'all is well', line]],
    ['/aws/lambda/worker', [aws]],
  ]);
  expect(listRejections(logs)).toEqual([
    'starter was refused SQS SendMessage',
    'worker was refused dynamodb:PutItem',
  ]);
});

it('a function that could not start is named with the reason, once', () => {
  const said = 'Wrong settings: QUEUE_URL is not set: expected an http or https URL';
  const line = `ERROR [lambda] Warm worker execution error for worker: Worker init failed: ${said}`;
  const another = `WARNING [lambda] ESM: Lambda worker failed (errorMessage=Worker init failed: ${said})`;
  expect(failedStarts([line, another, line].join('\n'))).toEqual([`worker did not start: ${said}`]);
});

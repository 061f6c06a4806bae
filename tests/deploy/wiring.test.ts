import { describe, expect, it } from 'vitest';
import { functionFaults, queueFaults, routeFaults, unconsumedQueues } from './wiring.ts';

const work = { arn: 'arn:aws:sqs:here:1:work', takesDeadLetters: false };
const dead = { arn: 'arn:aws:sqs:here:1:dead', takesDeadLetters: true };
const worker = { functionName: 'worker', grants: [`sqs:ReceiveMessage on ${work.arn}`] };
const mapping = { functionName: 'worker', queueArn: work.arn };

describe('queues', () => {
  it('are served by whoever may receive from them, or rest with dead letters', () => {
    expect(queueFaults([work, dead], [worker], [mapping])).toEqual([]);
    expect(unconsumedQueues([work, dead], [mapping])).toEqual(['dead']);
  });

  it('may be taken from by a function that runs for another', () => {
    const other = { arn: 'arn:aws:sqs:here:1:other', takesDeadLetters: false };
    const grants = [...worker.grants, `sqs:ReceiveMessage on ${other.arn}`];
    expect(queueFaults([work, other], [{ ...worker, grants }], [mapping])).toEqual([]);
  });

  it('need an event when that function runs for no other, or another function runs for them', () => {
    const more = { arn: 'arn:aws:sqs:here:1:more', takesDeadLetters: false };
    const both = { ...worker, grants: [...worker.grants, `sqs:ReceiveMessage on ${more.arn}`] };
    expect(queueFaults([work, more, dead], [both], [mapping])).toEqual([]);
    expect(unconsumedQueues([work, more, dead], [mapping])).toEqual(['dead']);
    const faults = [work, more].map(({ arn }) => expect.stringContaining(arn.replace(/^.*:/, '')));
    expect(queueFaults([work, more, dead], [both], [])).toEqual(faults);
    const another = { functionName: 'another', queueArn: more.arn };
    expect(queueFaults([work, more, dead], [both], [mapping, another])).toEqual(faults.slice(1));
  });

  it('miss the event of a function that may receive from them, dead letters or not', () => {
    const handler = { functionName: 'handler', grants: [`sqs:ReceiveMessage on ${dead.arn}`] };
    const none = (name: string, queue: string) =>
      `${name} may receive from ${queue}, but serverless.yml has no sqs event that maps this queue to it`;
    const all = [worker, handler];
    expect(queueFaults([work, dead], all, [mapping])).toEqual([none('handler', 'dead')]);
    const another = { functionName: 'another', queueArn: work.arn };
    expect(queueFaults([work, dead], all, [another])).toEqual([
      none('worker', 'work'),
      none('handler', 'dead'),
    ]);
  });

  it('belong to nobody when no function may receive from them and nothing sends them dead letters', () => {
    expect(queueFaults([work, dead], [], [])).toEqual([
      'serverless.yml maps work to no function, and nothing sends it dead letters',
    ]);
  });
});

it('routes that are not deployed are told, and those that nobody knows', () => {
  expect(routeFaults(['GET /a'], ['GET /a'])).toEqual([]);
  expect(routeFaults(['GET /b', '$default'], ['GET /a', '$default'])).toEqual([
    'the deployed API lacks GET /a: serverless.yml has no httpApi event for it',
    'the deployed API has GET /b, which lib/http/routes.ts does not know',
  ]);
});

describe('functions', () => {
  const reader = { name: 'reader', isInvoked: true, handed: ['TABLE_NAME'], read: ['TABLE_NAME'] };

  it('are deployed, invoked, and handed what they read', () => {
    expect(functionFaults([reader], ['reader'])).toEqual([]);
  });

  it.each([
    [[], 'functions/reader.ts is deployed as no function of serverless.yml'],
    [[{ ...reader, isInvoked: false }], 'reader is invoked by nothing: serverless.yml gives it no event'],
    [[{ ...reader, handed: [] }], 'reader reads TABLE_NAME, which serverless.yml does not hand to it'],
    [[{ ...reader, read: [] }], 'serverless.yml hands TABLE_NAME to reader, which does not read it'],
  ])('%j: %s', (functions, fault) => {
    expect(functionFaults(functions, ['reader'])).toEqual([fault]);
  });
});

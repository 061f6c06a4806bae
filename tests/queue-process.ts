import { startSqs } from '../mocks/local-stack/sqs.ts';

// A process of queues and a bucket to be killed: `node tests/queue-process.ts <folder>` writes the URL when it is up.

const sqs = await startSqs({
  path: process.argv[2] ?? '',
  buckets: ['bodies'],
  queues: [
    { name: 'dead', visibilityTimeoutS: 1 },
    { name: 'work', visibilityTimeoutS: 1, maxReceiveCount: 2, deadLetterName: 'dead' },
  ],
});
process.stdout.write(`${sqs.url}\n`);

import type { Scene } from './crashes.ts';

/** Changes the refresh queue for a while; gives what undoes it. */
export async function setQueue(
  { aws, refreshQueueUrl: QueueUrl }: Scene,
  visibilityTimeoutS: string,
  maxReceiveCount: number,
): Promise<() => Promise<unknown>> {
  const names = ['VisibilityTimeout', 'RedrivePolicy'];
  const { Attributes: before } = await aws<{ Attributes: { RedrivePolicy: string } }>(
    'sqs',
    'get-queue-attributes',
    { QueueUrl, AttributeNames: names },
  );
  const RedrivePolicy = JSON.stringify({ ...JSON.parse(before.RedrivePolicy), maxReceiveCount });
  const set = (Attributes: object) => aws('sqs', 'set-queue-attributes', { QueueUrl, Attributes });
  await set({ VisibilityTimeout: visibilityTimeoutS, RedrivePolicy });
  return () => set(before);
}

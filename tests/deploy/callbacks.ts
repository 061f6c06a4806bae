import assert from 'node:assert/strict';
import type { Aws } from './aws.ts';
import { lastBody, type Scene, until } from './crashes.ts';

const dayMs = 24 * 3_600_000;

/**
 * Lets callbacks be forwarded to this machine, where the acceptance suites have their bot: by hand, because no setting
 * of a deploy can.
 */
export async function allowLoopback(aws: Aws, functionNames: readonly string[]): Promise<void> {
  for (const FunctionName of functionNames) {
    const { Environment: environment } = await aws<{ Environment: { Variables: object } }>(
      'lambda',
      'get-function-configuration',
      { FunctionName },
    );
    const Variables = { ...environment.Variables, FORWARD_TO_LOOPBACK: 'ALLOW' };
    await aws('lambda', 'update-function-configuration', { FunctionName, Environment: { Variables } });
  }
}

/**
 * Throws unless the bucket's policy refuses what comes without TLS; then deletes it, because MiniStack is reached without: by
 * hand, because no setting can.
 */
export async function allowPlainHttp(aws: Aws, Bucket: string): Promise<void> {
  const { Policy } = await aws<{ Policy: string }>('s3api', 'get-bucket-policy', { Bucket });
  const { Statement } = JSON.parse(Policy);
  assert.deepEqual(
    [Statement]
      .flat()
      .map(({ Effect, Condition }) => [Effect, String(Condition.Bool['aws:SecureTransport'])]),
    [['Deny', 'false']],
  );
  await aws('s3api', 'delete-bucket-policy', { Bucket });
}

/** A queue that gets what the service tells over its bus, until it is closed. */
export async function listenToBus(
  aws: Aws,
  EventBusName: string,
): Promise<{ readonly queueUrl: string; close(): Promise<void> }> {
  const named = { EventBusName, Name: 'told-to-the-acceptance' };
  const { QueueUrl } = await aws<{ QueueUrl: string }>('sqs', 'create-queue', { QueueName: named.Name });
  const { Attributes: attributes } = await aws<{ Attributes: { QueueArn: string } }>(
    'sqs',
    'get-queue-attributes',
    { QueueUrl, AttributeNames: ['QueueArn'] },
  );
  const EventPattern = JSON.stringify({ source: ['gewe-contacts'] });
  await aws('events', 'put-rule', { ...named, EventPattern });
  const { Name: Rule } = named;
  await aws('events', 'put-targets', {
    EventBusName,
    Rule,
    Targets: [{ Id: 'queue', Arn: attributes.QueueArn }],
  });
  return {
    queueUrl: QueueUrl,
    async close() {
      await aws('events', 'remove-targets', { EventBusName, Rule, Ids: ['queue'] });
      await aws('events', 'delete-rule', named);
      await aws('sqs', 'delete-queue', { QueueUrl });
    },
  };
}

/**
 * A callback that could not be forwarded for a day goes to the dead-letter queue. The message is the one that was sent, only older:
 * nobody can wait for a day.
 */
export async function giveUpForwarding(scene: Scene): Promise<void> {
  const headers = { 'X-GEWE-TOKEN': 'token-of-forward', 'content-type': 'application/json' };
  // Nobody listens there.
  const body = JSON.stringify({ forwardTo: 'http://127.0.0.1:9/' });
  const put = await fetch(`${scene.url}/v1/callback`, { method: 'PUT', headers, body });
  const { url }: { url: string } = Object(await put.json());
  assert.equal(put.status, 201);
  const path = new URL(url).pathname;
  const posted = await fetch(`${scene.url}${path}`, { method: 'POST', headers, body: '{"canary-body":1}' });
  assert.equal(posted.status, 200);
  let sent = '';
  await until('the callback is to be forwarded', scene.signal, async () => {
    sent = await lastBody(scene.stack, 'forward');
    return sent.includes(path.split('/').at(-1)?.slice(0, 22) ?? path);
  });
  await until('it was tried again, and counted among what waits', scene.signal, async () =>
    /"attempt":[3-9]/.test(await lastBody(scene.stack, 'forward')),
  );
  const { dueAtMs, ...waiting } = JSON.parse(sent);
  const longAgoMs = Date.now() - dayMs - 1_000;
  const aged = { ...waiting, receivedAtMs: longAgoMs, waitsSinceMs: longAgoMs };
  const { forwardQueueUrl, forwardDeadLetterQueueUrl: QueueUrl } = scene;
  await scene.aws('sqs', 'send-message', { QueueUrl: forwardQueueUrl, MessageBody: JSON.stringify(aged) });
  await until('it is in the dead-letter queue', scene.signal, async () => {
    const AttributeNames = ['ApproximateNumberOfMessages'];
    const { Attributes: numbers } = await scene.aws<{ Attributes: Record<string, string> }>(
      'sqs',
      'get-queue-attributes',
      { QueueUrl, AttributeNames },
    );
    return Number(numbers.ApproximateNumberOfMessages) > 0;
  });
}

/** A device is subscribed to be refreshed each minute; gives what waits until it has been, by the schedule. */
export async function subscribeEachMinute(
  scene: Scene,
  appId: string,
  token: string,
): Promise<() => Promise<void>> {
  const headers = { 'X-GEWE-TOKEN': token, 'content-type': 'application/json' };
  const url = `${scene.url}/v1/devices/${appId}/subscription`;
  const put = await fetch(url, { method: 'PUT', headers, body: '{"refreshEverySeconds":60}' });
  assert.equal(put.status, 201, await put.text());
  const calls = () => scene.gewe.mock.state.callsOf(token, appId).listCalls;
  const before = calls();
  return () => until('the schedule refreshes a device', scene.signal, () => calls() > before);
}

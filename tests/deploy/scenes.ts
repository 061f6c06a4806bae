import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { newSealingKey } from '../../lib/sealing/sealing-key.ts';
import { startGeweMock } from '../../mocks/gewe/serve.ts';
import { clientOf } from '../acceptance/client.ts';
import { chainSettings, patientSettings, quickSettings } from '../acceptance/target.ts';
import { awsCli } from './aws.ts';
import {
  allowLoopback,
  allowPlainHttp,
  giveUpForwarding,
  listenToBus,
  subscribeEachMinute,
} from './callbacks.ts';
import type { Cleanup } from './cleanup.ts';
import { type Clients, judgeClients, settingsForClients } from './clients.ts';
import { runCommand } from './command.ts';
import {
  eraseLateWrites,
  failOnTheWay,
  killWorker,
  leaveWithoutToken,
  type Scene,
  sendDueStep,
  spareTheLiving,
} from './crashes.ts';
import { physicalId, serverless, stackName, stackResources } from './deployment.ts';
import {
  checkGrants,
  checkRemoval,
  checkStarts,
  checkTokens,
  checkWiring,
  type Deployed,
  tellErrors,
} from './findings.ts';
import { openFrontDoor } from './front-door.ts';
import type { Judges } from './judges.ts';
import { allowLoops, checkLoops, stopLoop } from './loops.ts';
import { startMiniStack } from './ministack.ts';
import type { Report } from './report.ts';
import { setQueue } from './set-queue.ts';
import { runSuites } from './suites.ts';

const operator = 'token-of-operator';

export interface Stage {
  readonly folder: string;
  readonly judges: Judges;
  /** Being installed. */
  readonly clients: Promise<Clients>;
  readonly cleanup: Cleanup;
  readonly report: Report;
}

/** The whole life of a deployment, from an empty account to an empty account. */
export async function acceptDeployment({ folder, judges, clients, cleanup, report }: Stage): Promise<void> {
  const { signal } = cleanup;
  report.step('MiniStack starts, with IAM enforced and CloudTrail recording');
  const stack = await startMiniStack(judges.ministack, folder, signal);
  cleanup.later(() => stack.close());
  const gewe = await startGeweMock({ port: 0 });
  cleanup.later(() => gewe.close());
  const location = {
    AWS_ENDPOINT_URL: stack.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  const aws = awsCli(judges.aws, folder, location, signal);
  const sls = serverless(folder, location, signal);
  cleanup.later(() => sls.clean());
  const [first, second] = [await newSealingKey(), await newSealingKey()];
  const settings = { GEWE_BASE_URL: gewe.url, SEALING_PUBLIC_KEY: JSON.stringify(first.publicKey) };

  report.step('serverless package, then cfn-lint');
  const packaged = join(folder, 'package');
  await sls.run(['package', '--package', packaged], { ...settings, ...patientSettings });
  const templateFile = join(packaged, 'cloudformation-template-update-stack.json');
  // W3005 is written by the Serverless Framework itself.
  await runCommand(judges.cfnLint, ['-i', 'W3005', '-t', templateFile], { env: process.env, signal });
  report.fact('cfn-lint has nothing against the template');

  report.step('serverless deploy');
  await sls.run(['deploy'], { ...settings, ...patientSettings });
  const resources = await stackResources(aws);
  const deployed: Deployed = { template: JSON.parse(readFileSync(templateFile, 'utf8')), resources };
  await allowLoops(aws, deployed);
  const apiId = resources.find(({ type }) => type === 'AWS::ApiGatewayV2::Api')?.physicalId ?? '';
  const door = await openFrontDoor(`${apiId}.execute-api.127.0.0.1:${stack.port}`, stack.port);
  cleanup.later(() => door.close());
  const tableName = physicalId(resources, 'ContactsTable');
  const table = new DynamoDBClient({
    endpoint: stack.url,
    region: location.AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  cleanup.later(() => table.destroy());
  const scene: Scene = {
    url: door.url,
    gewe,
    aws,
    stack,
    tableName,
    table,
    refreshQueueUrl: physicalId(resources, 'RefreshQueue'),
    scheduleQueueUrl: physicalId(resources, 'ScheduleQueue'),
    deadLetterQueueUrl: physicalId(resources, 'DeadLetterQueue'),
    forwardQueueUrl: physicalId(resources, 'ForwardQueue'),
    forwardDeadLetterQueueUrl: physicalId(resources, 'ForwardDeadLetterQueue'),
    signal,
  };
  const busName = physicalId(resources, 'ContactsEventBus');
  const bus = await listenToBus(aws, busName);
  const putKeyring = (...keys: object[]) =>
    aws('secretsmanager', 'put-secret-value', {
      SecretId: physicalId(resources, 'SealingKeyring'),
      SecretString: JSON.stringify({ keys }),
    });
  const suites = (...names: string[]) =>
    runSuites(names, {
      folder,
      signal,
      report,
      env: {
        ...location,
        DEPLOYED_URL: door.url,
        GEWE_MOCK_URL: gewe.url,
        TABLE_NAME: tableName,
        EVENT_BUS_NAME: busName,
        TOLD_QUEUE_URL: bus.queueUrl,
      },
    });
  const check = async (what: string, run: () => Promise<unknown>) => {
    report.step(what);
    try {
      await run();
      report.fact(what);
    } catch (error) {
      signal.throwIfAborted();
      report.fault(`${what}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const client = clientOf(door.url, operator);

  await checkWiring(scene, deployed, report);
  await putKeyring(first.privateKey);
  await check('the first list is fetched and stored', async () => {
    const fetched = await client.fetchContactsList('wx_operator', { headers: { Prefer: 'wait=20' } });
    assert.equal(JSON.parse(fetched.text).ret, 200, fetched.text);
  });
  const serves = report.faults === 0;
  const later = {
    ...settings,
    SEALING_PUBLIC_KEY: JSON.stringify(second.publicKey),
    // GeWe tries a callback's URL out: it has to lead there.
    PUBLIC_BASE_URL: door.url,
  };
  if (serves) {
    await suites('surfaces', 'secrets', 'pass-through');
    const before = await client.getContacts('wx_operator');
    await check('serverless deploy over existing data keeps it', async () => {
      await sls.run(['deploy'], { ...later, ...quickSettings });
      const after = await client.getContacts('wx_operator');
      assert.deepEqual([after.text, after.headers.etag], [before.text, before.headers.etag]);
    });
    // The worker lacks the new key: its messages fail. The queue gives up sooner than the template lets it.
    const attributes = (VisibilityTimeout: string, maxReceiveCount: number) =>
      setQueue(scene, VisibilityTimeout, maxReceiveCount);
    const restore = await attributes('1', 2);
    await suites('dead-letters');
    await restore();
    await putKeyring(second.privateKey, first.privateKey);
    const isScheduled = await subscribeEachMinute(scene, 'wx_operator', operator);
    const isPutOff = await leaveWithoutToken(scene);
    await allowLoopback(
      aws,
      ['callback', 'forward-callback'].map((name) => `${stackName}-${name}`),
    );
    await check('the bucket of bodies refuses what comes without TLS; MiniStack is let in', () =>
      allowPlainHttp(aws, physicalId(resources, 'BodiesBucket')),
    );
    await suites('events');
    await check('a callback that cannot be forwarded for a day goes to the dead-letter queue', () =>
      giveUpForwarding(scene),
    );
    await suites('joins', 'scenarios');
    await check('a worker that is killed in the middle of a fetch is replaced', () => killWorker(scene));
    await check('a dead letter whose refresh a worker is at is left alone', () => spareTheLiving(scene));
    await check('a message of the schedule that comes late sends the one that is due', () =>
      sendDueStep(scene, second.publicKey),
    );
    await check('messages that cannot be handled are retried later', () => failOnTheWay(scene));
    await check('what comes late to an erased device is erased, too', () => eraseLateWrites(scene));
    await check('the settings of a long chain are deployed', () =>
      sls.run(['deploy'], { ...later, ...chainSettings }),
    );
    await suites('chains');
    await check('the public clients are there, and the settings for them deployed', async () => {
      const chosen = await settingsForClients(signal);
      await sls.run(['deploy'], { ...later, ...chosen });
      await judgeClients(await clients, { url: door.url, geweUrl: gewe.url, folder, signal, report });
    });
    // Last: its minutes pass while the others are at it.
    await check('the schedule refreshes a subscribed device', isScheduled);
    await check('the schedule puts off a device whose token is not there', isPutOff);
  } else {
    report.step(
      'what is wrong has to be fixed first: the acceptance suites and the public clients are left out',
    );
  }
  await bus.close();
  checkLoops(scene, report);
  await check('a loop of a function that is not allowed to is stopped', () => stopLoop(scene));
  await checkStarts(scene, report);
  await checkTokens(scene, report);
  await checkGrants(scene, report, { allUsed: serves });
  if (report.faults > 0) await tellErrors(scene);
  report.step('serverless remove');
  await sls.run(['remove'], settings);
  await checkRemoval(scene, deployed, report);
}

import { describe, expect, inject, it } from 'vitest';
import { accountFaults } from '../infra/account-rules.ts';
import { environmentFault } from '../infra/environment-rules.ts';
import { bodyKeptMs } from '../lib/callbacks/forward-rules.ts';
import { declaredFunctions, httpFunctions } from './declared-functions.ts';
import {
  alarmTopicArn,
  boundaryArn,
  certificateArn,
  type Packaged,
  readPackaged,
  statementsOf,
} from './support/packaged.ts';

// What no emulator shows, and what must hold in every stage and in both partitions (AWS, AWS China).

const dev = readPackaged('dev', inject('packagedIn').dev);
const prod = readPackaged('prod', inject('packagedIn').prod);

const stages = ['dev in us-east-1', 'prod in cn-north-1'] as const;
const packaged = (stage: (typeof stages)[number]) => (stage === stages[0] ? dev : prod);

describe.each(stages)('%s', (stage) => {
  const ofType = (type: string) => packaged(stage).ofType(type);
  const resource = (name: string) => packaged(stage).template.Resources[name];

  it('encrypts the table, recovers it to any second of 35 days, and lets items expire', () => {
    expect(resource('ContactsTable')?.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expiresAtEpochS', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: stage.startsWith('prod') },
    });
  });

  it('encrypts every queue, and sends what failed from each to its own dead letters', () => {
    const queues = ofType('AWS::SQS::Queue');
    for (const [name, { Properties: queue }] of queues) expect(queue.SqsManagedSseEnabled, name).toBe(true);
    const pairs = queues.map(([name, { Properties: queue }]) => [
      name,
      Object(queue.RedrivePolicy).deadLetterTargetArn,
    ]);
    const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
    expect(Object.fromEntries(pairs)).toEqual({
      RefreshQueue: arnOf('DeadLetterQueue'),
      ScheduleQueue: arnOf('DeadLetterQueue'),
      DeadLetterQueue: undefined,
      CallbackQueue: arnOf('CallbackDeadLetterQueue'),
      CallbackDeadLetterQueue: undefined,
      ForwardQueue: arnOf('ForwardDeadLetterQueue'),
      ForwardDeadLetterQueue: undefined,
    });
  });

  it('keeps the sealing keyring and the bodies, with what protects them, exactly as long as the table', () => {
    const kept = ['ContactsTable', 'SealingKeyring', 'BodiesBucket', 'BodiesBucketPolicy'];
    const policies = kept.map((name) => [
      resource(name)?.DeletionPolicy,
      resource(name)?.UpdateReplacePolicy,
    ]);
    expect(new Set(policies.map(String)).size).toBe(1);
  });

  it('shuts the bucket of bodies to the public and to calls without TLS, and encrypts it with S3’s own keys, which cost nothing', () => {
    expect(resource('BodiesBucket')?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(resource('BodiesBucketPolicy')?.Properties).toMatchObject({
      Bucket: { Ref: 'BodiesBucket' },
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [
              { 'Fn::GetAtt': ['BodiesBucket', 'Arn'] },
              { 'Fn::Sub': expect.stringMatching(/^\$\{BodiesBucket\.Arn\}\/\*$/) },
            ],
            Condition: { Bool: { 'aws:SecureTransport': false } },
          },
        ],
      },
    });
  });

  it('lets bodies expire when no message can need them any more, and no half of one stay', () => {
    const { LifecycleConfiguration: lifecycle } = resource('BodiesBucket')?.Properties ?? {};
    expect(lifecycle).toEqual({
      Rules: [
        {
          Id: 'expire',
          Status: 'Enabled',
          ExpirationInDays: bodyKeptMs / 86_400_000,
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
  });

  it('lets every message of callbacks be as large as SQS takes them', () => {
    const limits = ofType('AWS::SQS::Queue').map(([name, { Properties: queue }]) => [
      name,
      queue.MaximumMessageSize,
    ]);
    const mebibyte = 1024 * 1024;
    expect(Object.fromEntries(limits)).toEqual({
      RefreshQueue: undefined,
      DeadLetterQueue: undefined,
      CallbackQueue: mebibyte,
      CallbackDeadLetterQueue: mebibyte,
      ForwardQueue: mebibyte,
      ForwardDeadLetterQueue: mebibyte,
    });
  });

  it('takes back what it made when its first deploy fails, so that the next one finds no name taken', () => {
    const { Resources: all } = packaged(stage).template;
    const kept = Object.entries(all).filter(
      ([, { DeletionPolicy: policy = 'Delete' }]) => policy !== 'Delete',
    );
    const isKept = stage.startsWith('prod');
    expect(kept.map(([name]) => name)).toEqual(
      isKept ? expect.arrayContaining(['ContactsTable', 'SealingKeyring']) : [],
    );
    for (const [name, { DeletionPolicy: policy }] of kept) expect(policy, name).toBe('RetainExceptOnCreate');
    // CloudFormation knows no such policy for a replacement.
    for (const [name, { UpdateReplacePolicy: policy = 'Delete' }] of Object.entries(all)) {
      expect(policy, name).toBe(kept.some(([other]) => other === name) ? 'Retain' : 'Delete');
    }
    // What is protected cannot be taken back: infra/check-plugin.cjs protects the table once it is there.
    expect(JSON.stringify(all)).not.toContain('DeletionProtection');
    expect(resource('SealingKeyring')?.Properties).not.toHaveProperty('Name');
  });

  it('gives no function more than the 4 KB of environment that AWS takes', () => {
    for (const [name, { Environment: environment }] of packaged(stage).functions) {
      const variables = Object.entries(Object(environment).Variables ?? {});
      const known = variables.map(([key, value]) => [key, typeof value === 'string' ? value : null]);
      expect(environmentFault({ [name]: Object.fromEntries(known) })).toBeUndefined();
    }
  });

  it('leaves requests 2 of the 10 executions of a new account', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      Number(Object(Properties.ScalingConfig).MaximumConcurrency),
    );
    for (const runs of mappings) expect(runs).toBeGreaterThanOrEqual(2);
    const polled = mappings.reduce((sum, runs) => sum + runs, 0);
    const limit = { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 };
    if (stage.startsWith('dev'))
      expect(accountFaults({ polled, reserved: 0, reservedNow: 0 }, limit)).toEqual([]);
  });

  it('lets table and keyring stand for themselves, so that a new stack can import them when they were kept', () => {
    const kept = ['ContactsTable', 'SealingKeyring'].map((name) => JSON.stringify(resource(name)));
    for (const text of kept) expect(text).not.toMatch(/"(?:Ref|Fn::\w+|DependsOn|Condition)"/);
  });

  it('keeps what was put into the secret: the template sets no value', () => {
    expect(Object.keys(resource('SealingKeyring')?.Properties ?? {})).toEqual(['Description']);
  });

  it('keeps every log, that of the gateway too, for 30 days', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    const name = stage.replace(/ .*/, '');
    const ofFunctions = declaredFunctions.map((key) => `/aws/lambda/gewe-contacts-${name}-${key}`);
    const names = groups.map(([, { Properties: group }]) => group.LogGroupName);
    const ofGateway = resource('HttpApiLogGroup')?.Properties.LogGroupName;
    expect(names.toSorted()).toEqual([...ofFunctions, ofGateway].toSorted());
    for (const [name, group] of groups) expect(group.Properties.RetentionInDays, name).toBe(30);
  });

  it('logs each access in a format that holds no header, path, query, body or caller of ours', () => {
    const { AccessLogSettings: access } = resource('HttpApiStage')?.Properties ?? {};
    const { Format: format, DestinationArn: group } = Object(access);
    expect(group).toEqual({ 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] });
    const logged: Record<string, string> = JSON.parse(format);
    expect(Object.values(logged).toSorted()).toEqual([
      '$context.error.responseType',
      '$context.identity.sourceIp',
      '$context.integration.latency',
      '$context.integration.status',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
  });

  it('lets every HTTP function end before the gateway gives up after 30 s, and payloads be those of version 2.0', () => {
    const integrations = ofType('AWS::ApiGatewayV2::Integration');
    const served: string[] = [];
    for (const [, { Properties: integration }] of integrations) {
      expect(integration.PayloadFormatVersion).toBe('2.0');
      const target = JSON.stringify(integration.IntegrationUri).match(/"(\w+LambdaFunction)"/)?.[1] ?? '';
      expect(resource(target)?.Properties.Timeout, target).toBeLessThan(30);
      served.push(String(resource(target)?.Properties.FunctionName).replace(/^gewe-contacts-\w+-/, ''));
    }
    expect(served.toSorted()).toEqual(httpFunctions.toSorted());
  });

  it('gives actions one by one, on resources of its own, without a wildcard but for all objects of a bucket', () => {
    for (const [name, { Properties: role }] of ofType('AWS::IAM::Role')) {
      const statements = statementsOf(role);
      expect(statements.length, name).toBeGreaterThan(0);
      for (const { Effect: effect, Action: action, Resource: on } of statements) {
        expect(effect).toBe('Allow');
        for (const each of [action].flat()) expect(each, name).toMatch(/^[a-z]+\d?:[A-Z][A-Za-z]+$/);
        const [[owner] = [''], ...others] = Object.values(Object(on)).map((value) => [value].flat());
        expect(others).toEqual([]);
        // `${ContactsTable.Arn}/index/ByDueAt` is what ContactsTable has, `${BodiesBucket.Arn}/*` what BodiesBucket has.
        const [, named = owner] = /^\$\{(\w+)\.Arn\}\/(?:[\w/]+|\*)$/.exec(String(owner)) ?? [];
        expect(Object.keys(packaged(stage).template.Resources), name).toContain(named);
      }
      expect(role.ManagedPolicyArns, name).toBeUndefined();
    }
  });

  it('has a wildcard nowhere else, but for a written reason', () => {
    const statements = Object.entries(packaged(stage).template.Resources).filter(([, { Type: type }]) =>
      /Permission$|Policy$|Role$/.test(type),
    );
    const found = statements.flatMap(([, { Type: type, Properties: properties }]) =>
      (JSON.stringify(properties).match(/"[^"]*\*[^"]*"/g) ?? []).map((text) => `${type} ${text}`),
    );
    expect([...new Set(found)].toSorted()).toEqual(Object.keys(wildcards).toSorted());
  });

  it('lets only those read the sealing keyring that open what was sealed, by one right on it', () => {
    const readers = ofType('AWS::IAM::Role').flatMap(([name, { Properties: role }]) =>
      statementsOf(role)
        .filter((statement) => /SealingKeyring|secretsmanager/.test(JSON.stringify(statement)))
        .map(({ Action, Resource }) => ({ name, Action, Resource })),
    );
    const on = { 'Fn::GetAtt': ['SealingKeyring', 'Id'] };
    expect(readers).toEqual(
      ['FetchContactsRole', 'ProcessCallbackRole', 'ForwardCallbackRole'].map((name) => ({
        name,
        Action: 'secretsmanager:GetSecretValue',
        Resource: on,
      })),
    );
    const told = [...packaged(stage).functions].filter(([, { Environment: environment }]) =>
      JSON.stringify(environment ?? {}).includes('SealingKeyring'),
    );
    expect(told.map(([name]) => name)).toEqual(['fetch-contacts', 'process-callback', 'forward-callback']);
  });

  it('lets a function write into its own log group alone', () => {
    for (const [, { Properties: lambda }] of ofType('AWS::Lambda::Function')) {
      const [roleName = ''] = [Object(lambda.Role)['Fn::GetAtt']].flat();
      const logs = statementsOf(resource(roleName)?.Properties ?? {}).filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith('logs:')),
      );
      const groups = logs.map(
        ({ Resource: on }) => resource(Object(on)['Fn::GetAtt'][0])?.Properties.LogGroupName,
      );
      expect(groups).toEqual([`/aws/lambda/${String(lambda.FunctionName)}`]);
    }
  });

  it('allows recursion exactly where messages come back to the function that sent them, and watches it there', () => {
    // Lambda stops a chain that passes the same function 16 times through SQS, unless that function allows it.
    const loops = functionsInLoops(packaged(stage));
    expect(loops).toEqual(['fetch-contacts', 'forward-callback', 'process-callback']);
    const allowed = [...packaged(stage).functions].filter(([, { RecursiveLoop: loop }]) => loop === 'Allow');
    expect(allowed.map(([name]) => name).toSorted()).toEqual(loops);
    const watched = ofType('AWS::CloudWatch::Alarm').filter(
      ([, { Properties: alarm }]) => alarm.MetricName === 'RecursiveInvocationsDropped',
    );
    const names = watched.map(([, { Properties: alarm }]) => {
      const [lambda = ''] = JSON.stringify(alarm.Dimensions).match(/\w+LambdaFunction/) ?? [];
      return String(resource(lambda)?.Properties.FunctionName).replace(/^gewe-contacts-\w+-/, '');
    });
    expect(names.toSorted()).toEqual(loops);
  });

  it('names no partition, region, account or endpoint but what the operator gave', () => {
    const text = JSON.stringify(packaged(stage).template)
      .replaceAll(alarmTopicArn, '')
      .replaceAll(boundaryArn, '')
      .replaceAll(certificateArn, '');
    expect(text.match(/arn:aws[\w-]*:[\w:-]*|:\d{12}:|\b(?:us|cn)-[a-z]+-\d/g)).toBeNull();
    // The names of these services are the same in every partition.
    const hosts = new Set(text.match(/[\w.-]*amazonaws[\w.-]*/g));
    expect([...hosts].toSorted()).toEqual([
      'apigateway.amazonaws.com',
      'events.amazonaws.com',
      'lambda.amazonaws.com',
    ]);
  });
});

/** The functions that a chain of messages can lead back to, from what each may send to and what each is invoked by. */
function functionsInLoops({ ofType, functions, template }: Packaged): readonly string[] {
  const nameOf = new Map<unknown, string>();
  for (const [resource, { Properties: lambda }] of ofType('AWS::Lambda::Function'))
    for (const [name, properties] of functions) if (properties === lambda) nameOf.set(resource, name);
  const takers = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties: mapping }]) => {
    const [queue] = [Object(mapping.EventSourceArn)['Fn::GetAtt']].flat();
    const [lambda] = JSON.stringify(mapping.FunctionName).match(/\w+LambdaFunction/) ?? [];
    return { queue, name: nameOf.get(lambda) ?? '' };
  });
  const next = new Map<string, readonly string[]>();
  for (const [name, { Role: role }] of functions) {
    const [roleName] = [Object(role)['Fn::GetAtt']].flat();
    const sends = statementsOf(template.Resources[roleName]?.Properties ?? {}).filter(({ Action: action }) =>
      [action].flat().includes('sqs:SendMessage'),
    );
    const queues = sends.flatMap(({ Resource: on }) => [Object(on)['Fn::GetAtt']].flat()[0]);
    next.set(
      name,
      takers.filter(({ queue }) => queues.includes(queue)).map((taker) => taker.name),
    );
  }
  const reached = (from: string): ReadonlySet<string> => {
    const seen = new Set<string>();
    const left = [...(next.get(from) ?? [])];
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (!seen.has(name)) left.push(...(next.get(name) ?? []));
      seen.add(name);
    }
    return seen;
  };
  return [...functions.keys()].filter((name) => reached(name).has(name)).toSorted();
}

/** What the framework writes of its own accord, and why it may stand. */
const wildcards = {
  'AWS::Lambda::Permission "/*"':
    'every route and stage of this one API may call the function it is routed to',
  'AWS::IAM::Role "${BodiesBucket.Arn}/*"': 'the bodies, each named by a delivery that is not known before',
  'AWS::S3::BucketPolicy "${BodiesBucket.Arn}/*"': 'a denial: nobody reaches the bodies without TLS',
  'AWS::S3::BucketPolicy "*"': 'a denial: nobody reaches the bundles without TLS',
  'AWS::S3::BucketPolicy "/*"': 'the same denial, on every object of that bucket',
  'AWS::S3::BucketPolicy "s3:*"': 'the same denial, of every action',
};

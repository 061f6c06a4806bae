import { describe, expect, inject, it } from 'vitest';
import { readPackaged, statementsOf } from './support/packaged.ts';
import { grants } from './template-grants.ts';

// Queues, bus and schedule of what would be deployed, and what the functions behind them may do.

type Members = Readonly<Record<string, unknown>>;

const packaged = readPackaged('dev', inject('packagedIn').dev);

describe('queues', () => {
  it('hides a message for longer than whoever serves it may take', () => {
    for (const { functionName, queue } of mappings()) {
      const visibilityTimeoutS = packaged.template.Resources[queue]?.Properties.VisibilityTimeout;
      const { Timeout: timeoutS } = packaged.functions.get(functionName) ?? {};
      expect(visibilityTimeoutS, queue).toBeGreaterThan(Number(timeoutS));
    }
  });

  it('sends a message to the dead letters after 10 crashes: what waits is sent anew', () => {
    const receives = packaged.ofType('AWS::SQS::Queue').flatMap(([name, { Properties: queue }]) => {
      const { RedrivePolicy: redrive } = queue;
      return redrive === undefined ? [] : [[name, Object(redrive).maxReceiveCount]];
    });
    expect(receives).toEqual([
      ['RefreshQueue', 10],
      ['ScheduleQueue', 10],
      ['CallbackQueue', 10],
      ['ForwardQueue', 10],
    ]);
  });

  it('keeps a message for 4 days, and a dead letter for 14', () => {
    for (const [name, { Properties: queue }] of packaged.ofType('AWS::SQS::Queue')) {
      const days = name.includes('DeadLetter') ? 14 : 4;
      expect(queue.MessageRetentionPeriod, name).toBe(days * 86_400);
    }
  });

  it("serves every queue but those that keep dead letters and the schedule's, and asks which messages failed", () => {
    expect(mappings()).toEqual([
      { functionName: 'fetch-contacts', queue: 'RefreshQueue', atOnce: 2, batchSize: 10 },
      { functionName: 'refresh-dead-letters', queue: 'DeadLetterQueue', atOnce: 2, batchSize: 1 },
      { functionName: 'process-callback', queue: 'CallbackQueue', atOnce: 2, batchSize: 10 },
      { functionName: 'forward-callback', queue: 'ForwardQueue', atOnce: 2, batchSize: 10 },
    ]);
    for (const [, { Properties: mapping }] of packaged.ofType('AWS::Lambda::EventSourceMapping')) {
      expect(mapping).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
  });

  it('begins no run of the worker with more messages than it has slots, and bounds all of them by MAX_LIST_CALLS', () => {
    for (const [stage, most] of [
      ['dev', 100],
      ['prod', 420],
    ] as const) {
      const { ofType, functions } = readPackaged(stage, inject('packagedIn')[stage]);
      const mapping = ofType('AWS::Lambda::EventSourceMapping')[0]?.[1].Properties ?? {};
      const slots = Number(Object(functions.get('fetch-contacts')?.Environment).Variables.LIST_CALLS_PER_RUN);
      expect(Number(mapping.BatchSize)).toBeLessThanOrEqual(slots);
      expect(Object(mapping.ScalingConfig).MaximumConcurrency * slots).toBeLessThanOrEqual(most);
    }
  });

  /** Which function serves which queue, and how many runs at once. */
  function mappings() {
    return packaged.ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties: mapping }]) => {
      const [owner = ''] = [Object(mapping.FunctionName)['Fn::GetAtt']].flat();
      const [queue = ''] = [Object(mapping.EventSourceArn)['Fn::GetAtt']].flat();
      const functionName = String(packaged.template.Resources[owner]?.Properties.FunctionName);
      return {
        functionName: functionName.replace('gewe-contacts-dev-', ''),
        queue: String(queue),
        atOnce: Object(mapping.ScalingConfig).MaximumConcurrency,
        batchSize: mapping.BatchSize,
      };
    });
  }

  it('keeps dead letters of callbacks and of their forwarding: no function consumes them, or may', () => {
    const takers = JSON.stringify([
      packaged.ofType('AWS::Lambda::EventSourceMapping'),
      packaged
        .ofType('AWS::IAM::Role')
        .flatMap(([, { Properties: role }]) =>
          statementsOf(role).filter(({ Action: action }) =>
            JSON.stringify(action).includes('sqs:ReceiveMessage'),
          ),
        ),
    ]);
    for (const paused of ['CallbackDeadLetterQueue', 'ForwardDeadLetterQueue'])
      expect(takers).not.toContain(paused);
    expect(takers).toContain('DeadLetterQueue');
  });
});

describe('schedule and events', () => {
  it('finds the devices that are due by a sparse index of keys alone', () => {
    expect(packaged.template.Resources.ContactsTable?.Properties.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'ByDueAt',
        KeySchema: [
          { AttributeName: 'dueShard', KeyType: 'HASH' },
          { AttributeName: 'dueAtEpochS', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
  });

  it('looks every minute for what is due, in less than that, and leaves a run that failed to the next', () => {
    const [schedule, ...others] = rules().filter((rule) => 'ScheduleExpression' in rule);
    expect(others).toEqual([]);
    expect(schedule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(targetOf(schedule)).toBe('start-due');
    expect(packaged.functions.get('start-due')?.Timeout).toBeLessThan(60);
    expect(retriesOf('start-due')).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('starts what is asked for over a bus of its own, and no more than an hour late', () => {
    expect(
      packaged.ofType('AWS::Events::EventBus').map(([name, { Properties }]) => [name, Properties]),
    ).toEqual([['ContactsEventBus', { Name: 'gewe-contacts-dev' }]]);
    const [asked, ...others] = rules().filter((rule) => 'EventPattern' in rule);
    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      EventBusName: { Ref: 'ContactsEventBus' },
      EventPattern: { 'detail-type': ['Contacts Refresh Requested'] },
      State: 'ENABLED',
    });
    expect(targetOf(asked)).toBe('on-refresh-event');
    expect(retriesOf('on-refresh-event')).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
    });
  });

  const rules = () => packaged.ofType('AWS::Events::Rule').map(([, { Properties }]) => Properties);
  const functionAt = (reference: unknown) => {
    const [owner = ''] = [Object(reference)['Fn::GetAtt'] ?? Object(reference).Ref].flat();
    const name = packaged.template.Resources[String(owner)]?.Properties.FunctionName;
    return String(name).replace('gewe-contacts-dev-', '');
  };
  const targetOf = (rule: Members | undefined) => functionAt(Object(rule).Targets?.[0]?.Arn);
  const retriesOf = (functionName: string) =>
    packaged
      .ofType('AWS::Lambda::EventInvokeConfig')
      .map(([, { Properties }]) => Properties)
      .find(({ FunctionName }) => functionAt(FunctionName) === functionName);

  it('lets AWS invoke a function only from the one rule that names it', () => {
    const permissions = packaged
      .ofType('AWS::Lambda::Permission')
      .filter(([, { Properties }]) => Properties.Principal === 'events.amazonaws.com');
    expect(permissions).toHaveLength(2);
    for (const [name, { Properties: permission }] of permissions) {
      const source = JSON.stringify(permission.SourceArn);
      expect(source, name).toMatch(/StartDashdueEventsRuleSchedule1|"gewe-contacts-\w+-refresh-requested"/);
      expect(source).not.toContain('*');
    }
  });
});

it('gives each function of events and callbacks exactly the actions that it needs', () => {
  const granted = (name: string) =>
    statementsOf(packaged.template.Resources[name]?.Properties ?? {})
      .flatMap(({ Action: action, Resource: on }) => [action].flat().map((one) => `${one} ${nameOf(on)}`))
      .filter((grant) => !grant.startsWith('logs:'))
      .toSorted();
  for (const [name, expected] of Object.entries(grants)) {
    expect(granted(name), name).toEqual([...expected].toSorted());
  }
});

/** Of a resource that a grant is on; for a part of one, with what follows its ARN. */
function nameOf(reference: unknown): string {
  const [text = ''] = Object.values(Object(reference)).flat();
  return String(text).replace(/^\$\{(.*)\}/, '$1');
}

import { expect, it } from 'vitest';
import { deadLetterQueues, eventTargets } from './deployed-template.ts';

const arnOf = (name: string) => ({ 'Fn::GetAtt': [name, 'Arn'] });
const resource = (type: string, properties: object) => ({ Type: `AWS::${type}`, Properties: properties });

it('an event of each kind leads to the function that it names; a version or a permission is none', () => {
  const uri = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, arnOf('ByRoute'), '/invocations']] };
  const targets = eventTargets({
    Resources: {
      a: resource('ApiGatewayV2::Integration', { IntegrationUri: uri }),
      b: resource('Lambda::EventSourceMapping', { FunctionName: arnOf('ByQueue') }),
      c: resource('Events::Rule', { Targets: [{ Arn: arnOf('ByRule') }] }),
      d: resource('Scheduler::Schedule', { Target: { Arn: arnOf('BySchedule') } }),
      e: resource('Lambda::Version', { FunctionName: { Ref: 'Another' } }),
      f: resource('Lambda::Permission', { FunctionName: arnOf('Another') }),
    },
  });
  expect([...targets]).toEqual(['ByRoute', 'ByQueue', 'ByRule', 'BySchedule']);
});

it('dead letters go to the queues that queues, rules, schedules and functions name for them', () => {
  const config = (name: string) => ({ DeadLetterConfig: { Arn: arnOf(name) } });
  const onFailure = { OnFailure: { Destination: arnOf('OfFunction') } };
  const queues = deadLetterQueues({
    Resources: {
      a: resource('SQS::Queue', { RedrivePolicy: { deadLetterTargetArn: arnOf('OfQueue') } }),
      b: resource('Events::Rule', { Targets: [{ Arn: arnOf('Worker'), ...config('OfRule') }] }),
      c: resource('Scheduler::Schedule', { Target: { Arn: arnOf('Worker'), ...config('OfSchedule') } }),
      d: resource('Lambda::EventInvokeConfig', { DestinationConfig: onFailure }),
      e: resource('Lambda::EventSourceMapping', { EventSourceArn: arnOf('Work') }),
    },
  });
  expect([...queues]).toEqual(['OfQueue', 'OfRule', 'OfSchedule', 'OfFunction']);
});

/** A CloudFormation template, as far as it is looked at here. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly DeletionPolicy?: string; readonly Properties?: unknown }>
  >;
}

/** What leads events to a function that it names; a permission to invoke it is no event. */
const eventTypes = [
  'AWS::ApiGatewayV2::Integration',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SNS::Subscription',
];

/** Where a template says which queue takes dead letters: those of queues, of rules and schedules, of functions. */
const deadLetterKeys = ['RedrivePolicy', 'DeadLetterConfig', 'OnFailure'];

/** The resources that an event leads to, by their names in the template: functions, and what else it names. */
export function eventTargets({ Resources: resources }: Template): ReadonlySet<string> {
  const events = Object.values(resources).filter(({ Type: type }) => eventTypes.includes(type));
  return namesIn(events.map(({ Properties: properties }) => properties));
}

/** The queues that take dead letters, by their names in the template. */
export function deadLetterQueues({ Resources: resources }: Template): ReadonlySet<string> {
  return namesIn(valuesAt(resources, deadLetterKeys));
}

/** Everything that stands under one of the keys, however deep. */
function valuesAt(value: unknown, keys: readonly string[]): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => (keys.includes(key) ? [part] : valuesAt(part, keys)));
}

/** The resources that a piece of a template names, with `Ref` or `Fn::GetAtt`; not those of AWS, such as AWS::Region. */
function namesIn(value: unknown): ReadonlySet<string> {
  const found = JSON.stringify(value).matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g);
  return new Set([...found].map(([, ref, attribute]) => ref ?? attribute ?? ''));
}

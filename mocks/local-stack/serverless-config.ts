import { type Deployment, listAt, numberAt, readDeployment, textAt, valueAt } from './deployment.ts';

/** A queue, as the template makes it. */
export interface QueueConfig {
  /** In the template. */
  readonly resource: string;
  readonly name: string;
  readonly visibilityTimeoutS: number;
  /** With both: after so many receives a message goes there. */
  readonly maxReceiveCount?: number;
  readonly deadLetterName?: string;
}

/** A function, and what it is called for. */
export interface FunctionConfig {
  /** In `serverless.yml`; also the name of its file. */
  readonly key: string;
  /** What Lambda knows it by. */
  readonly name: string;
  readonly timeoutS: number;
  /** `POST /v1/…`; `$default` for whatever no other takes. */
  readonly routes: readonly string[];
  readonly queues: readonly MappingConfig[];
  readonly schedules: readonly { readonly name: string; readonly everyMs: number }[];
  readonly rules: readonly EventRule[];
  /** Of an asynchronous invocation that failed (AWS's default is 2). */
  readonly maxRetries: number;
  /** `recursiveLoop: Allow`: Lambda does not stop a chain of messages that comes back to it again and again. */
  readonly allowsLoops: boolean;
}

/** A queue that a function serves. */
export interface MappingConfig {
  readonly queueName: string;
  /** Runs of the function at the same time. */
  readonly concurrency: number;
  /** Most messages that one run begins with. */
  readonly batchSize: number;
}

/** Events of a bus that a function is invoked with. */
export interface EventRule {
  readonly name: string;
  readonly busName: string;
  /** Undefined: of any type. */
  readonly detailTypes: readonly string[] | undefined;
}

/** What the local stack takes from `serverless.yml`, so that it is stated once. */
export interface ServerlessConfig {
  readonly tableName: string;
  readonly bus: { readonly resource: string; readonly name: string };
  readonly queues: readonly QueueConfig[];
  readonly functions: readonly FunctionConfig[];
  /** `infra/list-calls.cjs` */
  readonly listCalls: { readonly runs: number; readonly perRun: number };
}

/** Reads `serverless.yml`; throws an error that names the setting when one is missing or of another type. */
export function readServerlessConfig(file: string): ServerlessConfig {
  const deployment = readDeployment(file);
  const named = namesOf(deployment);
  const queues = ofType(deployment, 'AWS::SQS::Queue').map(([resource, properties]) =>
    queueOf(resource, properties, named),
  );
  const [[bus] = ['']] = ofType(deployment, 'AWS::Events::EventBus');
  const prefix = `${String(deployment.at('service'))}-${String(deployment.at('provider.stage'))}`;
  const timeoutS = deployment.at('provider.timeout');
  const functions = Object.entries(Object(deployment.at('functions'))).map(([key, told]) =>
    functionOf(key, `${prefix}-${key}`, { timeout: timeoutS, ...Object(told) }, named),
  );
  const listCalls = {
    runs: numberAt(deployment.at('custom.listCalls'), 'runs'),
    perRun: numberAt(deployment.at('custom.listCalls'), 'perRun'),
  };
  const tableName = named('ContactsTable');
  return { tableName, bus: { resource: bus, name: named(bus) }, queues, functions, listCalls };
}

function ofType({ resources }: Deployment, wanted: string): readonly (readonly [string, unknown])[] {
  return [...resources].flatMap(([name, { type, properties }]) =>
    type === wanted ? [[name, properties] as const] : [],
  );
}

/** The name that AWS knows a resource by, from its name in the template, with or without an attribute (`A.Arn`). */
function namesOf({ resources }: Deployment) {
  return (reference: string): string => {
    const [resource = ''] = reference.split('.');
    const properties = resources.get(resource)?.properties;
    for (const key of ['TableName', 'QueueName', 'Name']) {
      const name = valueAt(properties, key);
      if (typeof name === 'string') return name;
    }
    throw new Error(`serverless.yml: there is no resource ${JSON.stringify(resource)} with a name`);
  };
}

type Named = ReturnType<typeof namesOf>;

function queueOf(resource: string, properties: unknown, named: Named): QueueConfig {
  const at = (path: string) => `${resource}.Properties.${path}`;
  const redrive = valueAt(properties, 'RedrivePolicy');
  return {
    resource,
    name: named(resource),
    visibilityTimeoutS: numberAt(properties, 'VisibilityTimeout', at('VisibilityTimeout')),
    ...(redrive !== undefined && {
      maxReceiveCount: numberAt(redrive, 'maxReceiveCount', at('RedrivePolicy.maxReceiveCount')),
      deadLetterName: named(textAt(redrive, 'deadLetterTargetArn', at('RedrivePolicy.deadLetterTargetArn'))),
    }),
  };
}

function functionOf(key: string, name: string, told: unknown, named: Named): FunctionConfig {
  const at = `functions.${key}`;
  const events = listAt(told, 'events');
  const ofKind = (kind: string) =>
    events.map((event) => valueAt(event, kind)).filter((one) => one !== undefined);
  const retries = valueAt(told, 'maximumRetryAttempts');
  return {
    key,
    name,
    timeoutS: Number(valueAt(told, 'timeout')),
    routes: ofKind('httpApi').map((route) => (route === '*' ? '$default' : String(route))),
    queues: ofKind('sqs').map((sqs) => ({
      queueName: named(textAt(sqs, 'arn', `${at}: the arn of sqs`)),
      concurrency: numberAt(sqs, 'maximumConcurrency', `${at}: the maximumConcurrency of sqs`),
      batchSize: numberAt(sqs, 'batchSize', `${at}: the batchSize of sqs`),
    })),
    schedules: ofKind('schedule').map((schedule) => ({
      name: textAt(schedule, 'name', `${at}: the name of schedule`),
      everyMs: periodOf(textAt(schedule, 'rate', `${at}: the rate of schedule`)),
    })),
    rules: ofKind('eventBridge').map((rule) => ({
      name: textAt(rule, 'name', `${at}: the name of eventBridge`),
      busName: named(textAt(rule, 'eventBus', `${at}: the eventBus of eventBridge`)),
      detailTypes: detailTypesOf(valueAt(rule, 'pattern'), at),
    })),
    maxRetries: typeof retries === 'number' ? retries : 2,
    allowsLoops: valueAt(told, 'recursiveLoop') === 'Allow',
  };
}

/** Throws when the pattern asks for something else, which would not be looked at here. */
function detailTypesOf(pattern: unknown, at: string): readonly string[] | undefined {
  const { 'detail-type': types, ...others } = Object(pattern);
  const isList = Array.isArray(types) && types.every((type) => typeof type === 'string');
  if (Object.keys(others).length === 0 && (types === undefined || isList)) return types;
  throw new Error(`serverless.yml: ${at}: the local stack knows patterns of detail-type alone`);
}

const unitsMs: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** The period of a rate expression (`rate(5 minutes)`), in ms. Throws on anything else, such as `cron(…)`. */
export function periodOf(expression: string): number {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const periodMs = Number(count) * (unitsMs[unit] ?? 0);
  if (periodMs > 0) return periodMs;
  throw new Error(`the local stack knows no schedule ${JSON.stringify(expression)}: only rate(…)`);
}

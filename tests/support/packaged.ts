import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newSealingKey } from '../../lib/sealing/sealing-key.ts';
import {
  dimensionsOf,
  dimensionValues,
  type MetricName,
  metrics,
  namespace,
} from '../../lib/telemetry/metrics.ts';

// What `serverless package` makes of serverless.yml: packaged once for all tests (package-stages.ts), read here.

type Members = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
  readonly Properties: Members;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
  readonly Parameters: Readonly<
    Record<string, { readonly Default: string; readonly AllowedPattern: string }>
  >;
}

export interface Packaged {
  /** The template and one zip file a function. */
  readonly folder: string;
  readonly template: Template;
  /** Names and resources of a type. */
  ofType(type: string): readonly (readonly [name: string, resource: Resource])[];
  /** The functions by their keys in `serverless.yml`. */
  readonly functions: ReadonlyMap<string, Members>;
}

export type Stage = 'dev' | 'prod';

const root = join(import.meta.dirname, '../..');

export const serverlessScript = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');

const accountId = '111122223333';
export const boundaryArn = `arn:aws-cn:iam::${accountId}:policy/bound`;
export const alarmTopicArn = `arn:aws-cn:sns:cn-north-1:${accountId}:operators`;
export const certificateArn = `arn:aws-cn:acm:cn-north-1:${accountId}:certificate/0`;

/** Every setting of the functions, as the environment of a deploy: all but what a deployed stack does not use. */
export const chosenSettings: Readonly<Record<string, string>> = {
  GEWE_BASE_URL: 'http://gewe.example/api',
  GEWE_LIST_TIMEOUT_S: '200',
  GEWE_CACHE_POLL_S: '11',
  GEWE_CACHE_WINDOW_S: '500',
  DEFAULT_WAIT_S: '9',
  MIN_REFRESH_INTERVAL_S: '61',
  FAILURE_COOLDOWN_S: '31',
  RETRY_DELAYS_S: '16,61',
  LEASE_S: '33',
  CHANGE_DEBOUNCE_S: '12',
  CHATROOM_INTERVAL_S: '3',
  MAX_WAITING_CALLBACKS: '500',
  ALLOWED_TOKEN_HASHES: 'ab'.repeat(32),
  PASS_THROUGH: 'contacts,group',
  PUBLIC_BASE_URL: 'https://contacts.example/base',
  LOG_LEVEL: 'WARN',
};

/** `dev`: nothing set, as it is packaged without an account; `prod`: in AWS China, all that can be set, and to something else than its default. */
async function environmentOf(stage: Stage): Promise<Readonly<Record<string, string>>> {
  if (stage === 'dev') return {};
  return {
    AWS_REGION: 'cn-north-1',
    ...chosenSettings,
    SEALING_PUBLIC_KEY: JSON.stringify((await newSealingKey()).publicKey),
    CALLBACK_CONCURRENCY: '5',
    FORWARD_CONCURRENCY: '6',
    TABLE_ENCRYPTION: 'aws-managed',
    MAX_LIST_CALLS: '420',
    WAITING_CONCURRENCY: '20',
    API_RATE_LIMIT: '7',
    CALLBACK_RATE_LIMIT: '70',
    API_BURST_LIMIT: '9',
    LAMBDA_ARCHITECTURE: 'x86_64',
    CUSTOM_DOMAIN: 'contacts.example.com',
    CUSTOM_DOMAIN_CERTIFICATE_ARN: certificateArn,
    PERMISSIONS_BOUNDARY_ARN: boundaryArn,
    ALARM_TOPIC_ARN: alarmTopicArn,
  };
}

/**
 * Packages a stage into a new folder: no account, no login and no network. Gives the folder, which the caller deletes.
 * Rejects when it fails, with what it said.
 */
export async function packageStage(stage: Stage): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-package-'));
  try {
    await promisify(execFile)(
      process.execPath,
      [serverlessScript, 'package', '--stage', stage, '--package', folder],
      {
        cwd: root,
        env: {
          ...(await environmentOf(stage)),
          PATH: process.env.PATH,
          HOME: folder,
        },
      },
    );
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What stands in a folder that `packageStage` gave. */
export function readPackaged(stage: Stage, folder: string): Packaged {
  const template: Template = JSON.parse(
    readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'),
  );
  const ofType = (type: string) =>
    Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  const functions = new Map(
    ofType('AWS::Lambda::Function').map(([, { Properties: properties }]) => [
      String(properties.FunctionName).replace(`gewe-contacts-${stage}-`, ''),
      properties,
    ]),
  );
  return { folder, template, ofType, functions };
}

/** Everything that a role may do. */
export function statementsOf(role: Readonly<Record<string, unknown>>): readonly Statement[] {
  const { Policies: policies }: { Policies?: readonly { PolicyDocument: { Statement: Statement[] } }[] } =
    role;
  return policies?.flatMap(({ PolicyDocument: policy }) => policy.Statement) ?? [];
}

interface Dimension {
  readonly Name: string;
  readonly Value: unknown;
}
export interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
}
/** On one metric: CloudWatch bills a computed one for each that it computes from. */
export interface Alarm extends Metric {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
  readonly AlarmActions: unknown;
  readonly OKActions: unknown;
}
export interface Widget {
  readonly type: string;
  readonly properties: {
    readonly metrics?: unknown[][];
    readonly alarms?: string[];
    readonly query?: string;
  };
}

/** What watches the service once it is deployed. */
export interface Watch {
  /** By their names in the template. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly dashboard: { readonly source: string; readonly widgets: readonly Widget[] };
}

export function watchOf({ ofType }: Packaged): Watch {
  const alarms: [string, { Properties: Alarm }][] = JSON.parse(
    JSON.stringify(ofType('AWS::CloudWatch::Alarm')),
  );
  const [[, board] = []] = ofType('AWS::CloudWatch::Dashboard');
  const body: { 'Fn::Sub': string } = JSON.parse(JSON.stringify(board?.Properties.DashboardBody));
  return {
    alarms: new Map(alarms.map(([name, { Properties }]) => [name, Properties])),
    dashboard: { source: body['Fn::Sub'], ...JSON.parse(body['Fn::Sub']) },
  };
}

/** The metrics of a widget, with CloudWatch's abbreviations written out: `.` is the same as above, `...` all but the last. */
export function shownIn({ properties }: Widget): Metric[] {
  let above: string[] = [];
  return (properties.metrics ?? []).map((row) => {
    const words = row.filter((word) => typeof word === 'string');
    const rest =
      words[0] === '...' ? [...above.slice(0, above.length - words.length + 1), ...words.slice(1)] : words;
    above = rest.map((word, index) => (word === '.' ? (above[index] ?? '') : word));
    const [Namespace = '', MetricName = '', ...pairs] = above;
    const Dimensions = pairs.flatMap((Name, index) =>
      index % 2 === 0 ? [{ Name, Value: pairs[index + 1] }] : [],
    );
    return { Namespace, MetricName, Dimensions };
  });
}

export const isMetric = (name: string): name is MetricName => Object.hasOwn(metrics, name);

/** What keeps a metric of our own from ever having a value. */
export function faultsOf({ Namespace, MetricName, Dimensions }: Metric): string[] {
  if (!isMetric(MetricName)) return [`${MetricName} is written by nobody`];
  const names = Dimensions.map(({ Name }) => Name);
  const wrong = String(names) === String(dimensionsOf(MetricName)) ? [] : [`${MetricName} has not ${names}`];
  const values = Dimensions.filter(({ Name, Value }) => {
    const known = Object.entries(dimensionValues).find(([by]) => by === Name)?.[1] ?? ['prod'];
    return !known.some((value) => value === Value);
  });
  return [
    ...(Namespace === namespace ? [] : [Namespace]),
    ...wrong,
    ...values.map(({ Name, Value }) => `${Name} is never ${String(Value)}`),
  ];
}

export const ours = (metric: Metric) => metric.Namespace === namespace || isMetric(metric.MetricName);

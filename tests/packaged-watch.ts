import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  dimensionsOf,
  dimensionValues,
  type MetricName,
  metrics,
  namespace,
} from '../lib/telemetry/metrics.ts';

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
export interface Template {
  readonly Parameters: Record<string, { readonly Default: string; readonly AllowedPattern: string }>;
  readonly Conditions: Record<string, unknown>;
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}

/** What watches the service once it is deployed, out of the packaged template. */
export interface Watch {
  readonly template: Template;
  /** By their names in the template. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly dashboard: { readonly source: string; readonly widgets: readonly Widget[] };
}

/** Packages the service with these variables beside what is set anyway. */
export function packagedWatch(env: Readonly<Record<string, string>>): Watch {
  const root = join(import.meta.dirname, '..');
  const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-watch-'));
  try {
    const script = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
    const bundles = relative(root, join(folder, 'bundle'));
    execFileSync(process.execPath, [script, 'package', '--package', folder], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: folder, LOCAL_BUNDLE_DIR: bundles, ...env },
      stdio: 'pipe',
    });
    return watchIn(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function watchIn(text: string): Watch {
  const template: Template = JSON.parse(text);
  const alarms: [string, { Properties: Alarm }][] = JSON.parse(
    JSON.stringify(ofType(template, 'AWS::CloudWatch::Alarm')),
  );
  const [[, board] = []] = ofType(template, 'AWS::CloudWatch::Dashboard');
  const body: { 'Fn::Sub': string } = JSON.parse(JSON.stringify(board?.Properties.DashboardBody));
  return {
    template,
    alarms: new Map(alarms.map(([name, { Properties }]) => [name, Properties])),
    dashboard: { source: body['Fn::Sub'], ...JSON.parse(body['Fn::Sub']) },
  };
}

/** The resources of one type, with their names. */
export function ofType({ Resources }: Template, type: string) {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
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
    const known = Object.entries(dimensionValues).find(([by]) => by === Name)?.[1] ?? ['dev'];
    return !known.some((value) => value === Value);
  });
  return [
    ...(Namespace === namespace ? [] : [Namespace]),
    ...wrong,
    ...values.map(({ Name, Value }) => `${Name} is never ${String(Value)}`),
  ];
}

export const ours = (metric: Metric) => metric.Namespace === namespace || isMetric(metric.MetricName);

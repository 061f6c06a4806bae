import { fileURLToPath } from 'node:url';
import { type Deployment, listAt, readDeployment, valueAt } from '../../mocks/local-stack/deployment.ts';
import { periodOf } from '../../mocks/local-stack/serverless-config.ts';
import { freeDashboardMetrics } from './prices.ts';

/** What of a deployed stack costs something, as `serverless.yml` describes it. */
export interface Stack {
  readonly alarms: number;
  /** Dashboards that show more metrics than a free one. */
  readonly paidDashboards: number;
  readonly secrets: number;
  /** Queues that Lambda asks for messages, whether there are any or not. */
  readonly polledQueues: number;
  /** Runs of the schedule in an hour. */
  readonly scheduledRunsPerHour: number;
  /** The memory of a function, in GB. Throws on one that there is not. */
  memoryGb(name: string): number;
}

/** Throws when `serverless.yml` cannot be read as expected. */
export function readStack(): Stack {
  const deployment = readDeployment(fileURLToPath(new URL('../../serverless.yml', import.meta.url)));
  const functions: [string, unknown][] = Object.entries(Object(deployment.at('functions')));
  const events = functions.flatMap(([, told]) => listAt(told, 'events'));
  const rates = events.map((event) => valueAt(event, 'schedule.rate')).filter((rate) => rate !== undefined);
  const ofType = (type: string) =>
    [...deployment.resources.values()].flatMap((resource) =>
      resource.type === type ? [resource.properties] : [],
    );
  return {
    alarms: ofType('AWS::CloudWatch::Alarm').length,
    paidDashboards: ofType('AWS::CloudWatch::Dashboard').filter(
      (board) => metricsOf(board) > freeDashboardMetrics,
    ).length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    polledQueues: events.filter((event) => valueAt(event, 'sqs') !== undefined).length,
    scheduledRunsPerHour: rates.reduce<number>((sum, rate) => sum + 3_600_000 / periodOf(String(rate)), 0),
    memoryGb: (name) => memoryMbOf(deployment, name) / 1024,
  };
}

function memoryMbOf(deployment: Deployment, name: string): number {
  const told = deployment.at(`functions.${name}`);
  if (told === undefined) throw new Error(`serverless.yml has no function ${name}`);
  return Number(valueAt(told, 'memorySize') ?? deployment.at('provider.memorySize'));
}

/** CloudWatch counts each line of a widget. */
function metricsOf(board: unknown): number {
  const body: unknown = JSON.parse(String(valueAt(board, 'DashboardBody')));
  return listAt(body, 'widgets').reduce<number>(
    (sum, widget) => sum + listAt(widget, 'properties.metrics').length,
    0,
  );
}

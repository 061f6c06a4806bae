import type { Aws } from './aws.ts';

/** What is asked after a removal: a command, and where its answer has the names. */
const inventories: readonly (readonly [kind: string, service: string, command: string, path: string])[] = [
  ['stack', 'cloudformation', 'describe-stacks', 'Stacks.StackName'],
  ['function', 'lambda', 'list-functions', 'Functions.FunctionName'],
  ['event source mapping', 'lambda', 'list-event-source-mappings', 'EventSourceMappings.EventSourceArn'],
  ['role', 'iam', 'list-roles', 'Roles.RoleName'],
  ['HTTP API', 'apigatewayv2', 'get-apis', 'Items.ApiId'],
  ['queue', 'sqs', 'list-queues', 'QueueUrls'],
  ['table', 'dynamodb', 'list-tables', 'TableNames'],
  ['secret', 'secretsmanager', 'list-secrets', 'SecretList.Name'],
  ['log group', 'logs', 'describe-log-groups', 'logGroups.logGroupName'],
  ['bucket', 's3api', 'list-buckets', 'Buckets.Name'],
  ['alarm', 'cloudwatch', 'describe-alarms', 'MetricAlarms.AlarmName'],
  ['dashboard', 'cloudwatch', 'list-dashboards', 'DashboardEntries.DashboardName'],
  ['rule', 'events', 'list-rules', 'Rules.Name'],
  ['bus', 'events', 'list-event-buses', 'EventBuses.Name'],
  ['topic', 'sns', 'list-topics', 'Topics.TopicArn'],
];

/** Nobody made it, and nobody can delete it. */
const everAccounts = 'bus default';

/** Everything in the account, as `<kind> <name>`. */
export async function inventory(aws: Aws): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [kind, service, command, path] of inventories) {
    const names = namesAt(await aws(service, command), path.split('.'));
    found.push(...names.map((name) => `${kind} ${name}`).filter((line) => line !== everAccounts));
  }
  return found;
}

function namesAt(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => namesAt(each, path));
  const [name, ...rest] = path;
  if (name === undefined) return value === undefined ? [] : [String(value)];
  return typeof value === 'object' && value !== null && name in value
    ? namesAt(Object.getOwnPropertyDescriptor(value, name)?.value, rest)
    : [];
}

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Aws } from './aws.ts';
import { runCommand } from './command.ts';
import { deadLetterQueues, eventTargets, type Template } from './deployed-template.ts';
import { type DeployedResource, root } from './deployment.ts';
import type { WiredFunction, WiredQueue } from './wiring.ts';

/** The files of `functions/` that are functions. */
export function functionFiles(): readonly string[] {
  return globSync('functions/*.ts', { cwd: root })
    .filter((file) =>
      /^export (?:const|async function) handler\b/m.test(readFileSync(join(root, file), 'utf8')),
    )
    .map((file) => basename(file, '.ts'));
}

/** All deployed functions. */
export async function wiredFunctions(
  aws: Aws,
  template: Template,
  resources: readonly DeployedResource[],
  signal: AbortSignal,
): Promise<readonly WiredFunction[]> {
  const { Functions: functions } = await aws<{
    Functions: { FunctionName: string; Handler: string; Environment?: { Variables: object } }[];
  }>('lambda', 'list-functions');
  const read = await settingsRead(signal);
  const invoked = eventTargets(template);
  return functions.map(({ FunctionName: physicalId, Handler: handler, Environment: environment }) => {
    const name = basename(handler, '.handler');
    const resource = resources.find((each) => each.physicalId === physicalId);
    return {
      name,
      isInvoked: invoked.has(resource?.logicalId ?? ''),
      handed: Object.keys(environment?.Variables ?? {}),
      read: read[name] ?? [],
    };
  });
}

/** Which settings each function reads. It is asked in a process whose environment is taken from it. */
async function settingsRead(signal: AbortSignal): Promise<Readonly<Record<string, readonly string[]>>> {
  const script = join(import.meta.dirname, 'settings-read.ts');
  return JSON.parse(await runCommand(process.execPath, [script, ...functionFiles()], { env: {}, signal }));
}

/** All queues of the stack. */
export async function wiredQueues(
  aws: Aws,
  template: Template,
  resources: readonly DeployedResource[],
): Promise<readonly WiredQueue[]> {
  const dead = deadLetterQueues(template);
  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue');
  return Promise.all(
    queues.map(async ({ logicalId, physicalId: QueueUrl }) => {
      const { Attributes: attributes } = await aws<{ Attributes: { QueueArn: string } }>(
        'sqs',
        'get-queue-attributes',
        { QueueUrl, AttributeNames: ['QueueArn'] },
      );
      return { arn: attributes.QueueArn, takesDeadLetters: dead.has(logicalId) };
    }),
  );
}

/** The routes of an API, `METHOD /path`. */
export async function deployedRoutes(aws: Aws, ApiId: string): Promise<readonly string[]> {
  const { Items: items } = await aws<{ Items: { RouteKey: string }[] }>('apigatewayv2', 'get-routes', {
    ApiId,
  });
  return items.map(({ RouteKey: key }) => key);
}

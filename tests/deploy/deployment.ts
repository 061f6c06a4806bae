import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Aws, AwsLocation } from './aws.ts';
import { runCommand } from './command.ts';

export const root = join(import.meta.dirname, '../..');
export const stackName = 'gewe-contacts-dev';

/** What the operator chooses at a deploy, by the names of the README's table. */
export type Settings = Readonly<Record<string, string>>;

/** The Serverless Framework's own command, with nothing in its environment but AWS and the operator's settings. */
export function serverless(home: string, location: AwsLocation, signal: AbortSignal) {
  const bin = join(root, 'node_modules', '.bin');
  const hadPackage = existsSync(join(root, '.serverless'));
  return {
    run: (args: readonly string[], settings: Settings): Promise<string> =>
      runCommand(join(bin, 'serverless'), args, {
        cwd: root,
        env: {
          PATH: `${bin}:${process.env.PATH}`,
          HOME: home,
          SLS_TELEMETRY_DISABLED: '1',
          ...location,
          ...settings,
        },
        signal,
      }),
    /** Removes what it leaves in the repository, unless it was there before. */
    clean(): void {
      if (!hadPackage) rmSync(join(root, '.serverless'), { recursive: true, force: true });
    },
  };
}

/** What was deployed, by its name in the template. */
export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

export async function stackResources(aws: Aws): Promise<readonly DeployedResource[]> {
  const { StackResources: resources } = await aws<{
    StackResources: { LogicalResourceId: string; PhysicalResourceId: string; ResourceType: string }[];
  }>('cloudformation', 'describe-stack-resources', { StackName: stackName });
  return resources.map((resource) => ({
    logicalId: resource.LogicalResourceId,
    physicalId: resource.PhysicalResourceId,
    type: resource.ResourceType,
  }));
}

/** The physical id of a resource. Throws when the stack has none of that name. */
export function physicalId(resources: readonly DeployedResource[], logicalId: string): string {
  const found = resources.find((resource) => resource.logicalId === logicalId);
  if (found === undefined) throw new Error(`the stack has no ${logicalId}`);
  return found.physicalId;
}

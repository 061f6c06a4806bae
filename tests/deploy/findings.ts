import { routes } from '../../lib/http/routes.ts';
import type { Scene } from './crashes.ts';
import type { Template } from './deployed-template.ts';
import { deployedRoutes, functionFiles, wiredFunctions, wiredQueues } from './deployed-wiring.ts';
import { type DeployedResource, physicalId } from './deployment.ts';
import { grantFaults, tellGrantFaults } from './grants.ts';
import { inventory } from './left-over.ts';
import { deployedMappings, deployedRoles, recordedCalls } from './recorded.ts';
import type { Report } from './report.ts';
import { errorLines, failedStarts, listRejections, logTexts, tokenFinds } from './search.ts';
import { functionFaults, queueFaults, routeFaults, unconsumedQueues } from './wiring.ts';

/** What was deployed, and the template that says so. */
export interface Deployed {
  readonly template: Template;
  readonly resources: readonly DeployedResource[];
}

/** Events reach every function, queue and route, and settings every function: what is missing is named. */
export async function checkWiring(
  { aws, signal }: Scene,
  { template, resources }: Deployed,
  report: Report,
): Promise<void> {
  report.step('every event and setting is set against what the functions, roles and routes ask for');
  const functions = await wiredFunctions(aws, template, resources, signal);
  const queues = await wiredQueues(aws, template, resources);
  const mappings = await deployedMappings(aws);
  const known = routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`));
  const deployed = await deployedRoutes(aws, physicalId(resources, 'HttpApi'));
  const faults = [
    ...functionFaults(functions, functionFiles()),
    ...queueFaults(queues, await deployedRoles(aws), mappings),
    // Everything else is answered by not-found.
    ...routeFaults(deployed, [...known, '$default']),
  ];
  for (const fault of faults) report.fault(fault);
  if (faults.length === 0) {
    const paused = unconsumedQueues(queues, mappings).join(' and ') || 'no dead-letter queue';
    report.fact(
      `${functions.length} functions, ${deployed.length} routes and ${queues.length} queues are wired; ${paused} has no function`,
    );
  }
}

/** No token anywhere. */
export async function checkTokens({ aws, stack, table, tableName }: Scene, report: Report): Promise<void> {
  report.step('tokens are searched for in every log, the table and every call');
  const logs = await logTexts(aws);
  const recorded = await allOf(recordedCalls(stack.url));
  const lines = [...logs.values()].flat().length;
  for (const find of await tokenFinds(logs, recorded, table, tableName)) report.fault(find);
  if (lines === 0) report.fault('the functions logged nothing: there was nothing to search');
  report.fact(`no token in ${lines} lines of ${logs.size} logs, in the table or in ${recorded.length} calls`);
}

/** Each role grants what its function did, and nothing else. `allUsed`: the functions had the occasion to do it all. */
export async function checkGrants(
  { aws, stack }: Scene,
  report: Report,
  { allUsed }: { readonly allUsed: boolean },
): Promise<void> {
  report.step('every grant is set against the recorded calls');
  const roles = await deployedRoles(aws);
  const found = grantFaults(roles, await deployedMappings(aws), await allOf(recordedCalls(stack.url)));
  const faults = allUsed ? found : found.map((fault) => ({ ...fault, unused: [] }));
  for (const fault of tellGrantFaults(faults)) report.fault(fault);
  const refused = listRejections(await logTexts(aws));
  for (const call of refused) report.fault(`${call}: serverless.yml does not grant it`);
  const count = roles.reduce((sum, { grants }) => sum + grants.length, 0);
  if (allUsed && faults.length + refused.length === 0)
    report.fact(`${count} grants of ${roles.length} roles, each used, none missing`);
}

/** No function failed to start, as one does that is told a wrong setting, or not told one. */
export async function checkStarts({ stack }: Scene, report: Report): Promise<void> {
  const failed = failedStarts(stack.output());
  for (const start of failed) report.fault(start);
  if (failed.length === 0) report.fact('every function that was called started');
}

/** What the functions say of their errors, for whoever looks for the reason of a fault. */
export async function tellErrors({ aws, stack }: Scene): Promise<void> {
  const lines = errorLines(new Map([...(await logTexts(aws)), ['MiniStack', stack.output().split('\n')]]));
  for (const line of lines) console.error(`  ${line}`);
}

/** After a removal there is what the template means to stay, and nothing else. */
export async function checkRemoval({ aws }: Scene, deployed: Deployed, report: Report): Promise<void> {
  const { template } = deployed;
  const isKept = ({ logicalId }: DeployedResource) =>
    /^Retain/.test(template.Resources[logicalId]?.DeletionPolicy ?? '');
  const kept = deployed.resources.filter(isKept).map(({ physicalId }) => physicalId);
  const left = await inventory(aws);
  const surplus = left.filter((line) => !kept.some((id) => line.endsWith(` ${id}`)));
  const gone = kept.filter((id) => !left.some((line) => line.endsWith(` ${id}`)));
  for (const line of surplus) report.fault(`serverless remove left the ${line}`);
  for (const id of gone) report.fault(`serverless remove took ${id}, which the template means to stay`);
  if (surplus.length + gone.length === 0) {
    report.fact(`serverless remove left ${left.join(' and ') || 'nothing'}, as the template means it`);
  }
}

async function allOf<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

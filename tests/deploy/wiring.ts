import type { Mapping } from './recorded.ts';

/** A function, as it is deployed, beside what stands in `functions/`. */
export interface WiredFunction {
  /** Of its file in `functions/`. */
  readonly name: string;
  /** Whether any event leads to it. */
  readonly isInvoked: boolean;
  /** The settings it is handed, and those it reads. */
  readonly handed: readonly string[];
  readonly read: readonly string[];
}

export interface WiredQueue {
  readonly arn: string;
  /** Whether another resource sends it what failed. */
  readonly takesDeadLetters: boolean;
}

/** A function and what its role grants. */
export interface Receiver {
  readonly functionName: string;
  readonly grants: readonly string[];
}

const receiving = 'sqs:ReceiveMessage on ';

/**
 * A queue that a function may receive from is mapped to it, or to none, and the function runs for another queue and takes from this one
 * itself; any other one is consumed, or keeps dead letters.
 */
export function queueFaults(
  queues: readonly WiredQueue[],
  receivers: readonly Receiver[],
  mappings: readonly Mapping[],
): readonly string[] {
  const allowed = receivers.flatMap(({ functionName, grants }) =>
    grants
      .filter((grant) => grant.startsWith(receiving))
      .map((grant) => ({ functionName, queueArn: grant.slice(receiving.length) })),
  );
  const dead = queues.filter(({ takesDeadLetters }) => takesDeadLetters).map(({ arn }) => arn);
  const unmapped = allowed.filter(({ functionName, queueArn }) => {
    const begins = mappings.filter((mapping) => mapping.functionName === functionName);
    if (begins.some((mapping) => mapping.queueArn === queueArn)) return false;
    const isMapped = mappings.some((mapping) => mapping.queueArn === queueArn);
    return begins.length === 0 || isMapped || dead.includes(queueArn);
  });
  const orphans = queues.filter(
    ({ arn, takesDeadLetters }) =>
      !takesDeadLetters && ![...mappings, ...allowed].some(({ queueArn }) => queueArn === arn),
  );
  return [
    ...unmapped.map(
      ({ functionName, queueArn }) =>
        `${functionName} may receive from ${nameIn(queueArn)}, but serverless.yml has no sqs event that maps this queue to it`,
    ),
    ...orphans.map(
      ({ arn }) => `serverless.yml maps ${nameIn(arn)} to no function, and nothing sends it dead letters`,
    ),
  ];
}

/** The dead-letter queues that nobody serves, for people to look at: they were meant to rest. */
export function unconsumedQueues(
  queues: readonly WiredQueue[],
  mappings: readonly Mapping[],
): readonly string[] {
  return queues
    .filter(
      ({ arn, takesDeadLetters }) => takesDeadLetters && !mappings.some(({ queueArn }) => queueArn === arn),
    )
    .map(({ arn }) => nameIn(arn));
}

/** Every route, `METHOD /path`, is deployed, and no other one. */
export function routeFaults(deployed: readonly string[], known: readonly string[]): readonly string[] {
  return [
    ...known
      .filter((route) => !deployed.includes(route))
      .map((route) => `the deployed API lacks ${route}: serverless.yml has no httpApi event for it`),
    ...deployed
      .filter((route) => !known.includes(route))
      .map((route) => `the deployed API has ${route}, which lib/http/routes.ts does not know`),
  ];
}

/** Everything in `functions/` is deployed, invoked by something, and handed the settings it reads, and no others. */
export function functionFaults(
  functions: readonly WiredFunction[],
  files: readonly string[],
): readonly string[] {
  return [
    ...files
      .filter((file) => !functions.some(({ name }) => name === file))
      .map((file) => `functions/${file}.ts is deployed as no function of serverless.yml`),
    ...functions.flatMap(({ name, isInvoked, handed, read }) => [
      ...(isInvoked ? [] : [`${name} is invoked by nothing: serverless.yml gives it no event`]),
      ...read
        .filter((setting) => !handed.includes(setting))
        .map((setting) => `${name} reads ${setting}, which serverless.yml does not hand to it`),
      ...handed
        .filter((setting) => !read.includes(setting))
        .map((setting) => `serverless.yml hands ${setting} to ${name}, which does not read it`),
    ]),
  ];
}

function nameIn(arn: string): string {
  return arn.replace(/^.*:/, '');
}

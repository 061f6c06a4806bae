import type { Mapping, Recorded, Role } from './recorded.ts';

/** An action on a resource, `sqs:SendMessage on arn:…`. */
export type Grant = string;

export interface GrantFault {
  readonly functionName: string;
  /** Used, or needed by Lambda itself, and not granted. */
  readonly missing: readonly Grant[];
  /** Granted, and neither used nor needed. */
  readonly unused: readonly Grant[];
}

/** What Lambda's poller needs of the role of a function that serves a queue: it is not enforced or recorded there.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const pollerActions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** What S3 needs, likewise, to say of an object that it is not there, and not that it may not be read.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
const listOf = (grant: Grant) => grant.replace(/^s3:GetObject on (.*)\/\*$/, 's3:ListBucket on $1');

/** What the log of a function needs, likewise; its log group is made by the template. */
const logActions = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Compares what each function's role grants with what the function did and what Lambda needs for it. Both ways:
 * a grant too many is a fault like one too few.
 */
export function grantFaults(
  roles: readonly Role[],
  mappings: readonly Mapping[],
  recorded: readonly Recorded[],
): readonly GrantFault[] {
  return roles.flatMap(({ functionName, logGroupArn, accessKeyId, grants }) => {
    const used = recorded.filter((call) => call.accessKeyId === accessKeyId).map(({ grant }) => grant);
    const needed = new Set<Grant>([
      ...used,
      ...used.map(listOf),
      ...logActions.map((action) => `${action} on ${logGroupArn}`),
      ...mappings
        .filter((mapping) => mapping.functionName === functionName)
        .flatMap(({ queueArn }) => pollerActions.map((action) => `${action} on ${queueArn}`)),
    ]);
    const granted = new Set(grants);
    const missing = [...needed].filter((grant) => !granted.has(grant)).toSorted();
    const unused = [...granted].filter((grant) => !needed.has(grant)).toSorted();
    return missing.length + unused.length > 0 ? [{ functionName, missing, unused }] : [];
  });
}

/** Lines for people. */
export function tellGrantFaults(faults: readonly GrantFault[]): readonly string[] {
  return faults.flatMap(({ functionName, missing, unused }) => [
    ...missing.map((grant) => `${functionName} needs ${grant}, which serverless.yml does not grant`),
    ...unused.map((grant) => `${functionName} is granted ${grant}, which nothing used`),
  ]);
}

import { createHash } from 'node:crypto';
import type { Aws } from './aws.ts';

/** A function's role, as it is deployed. */
export interface Role {
  readonly functionName: string;
  readonly logGroupArn: string;
  /** Whom the function's calls are recorded under. */
  readonly accessKeyId: string;
  /** `<action> on <resource>` */
  readonly grants: readonly string[];
}

/** A queue that a function serves. */
export interface Mapping {
  readonly functionName: string;
  readonly queueArn: string;
}

/** A call to AWS. */
export interface Recorded {
  readonly accessKeyId: string;
  readonly grant: string;
  /** Of a message that was sent. */
  readonly messageBody: string | undefined;
  /** All of it, as JSON. */
  readonly text: string;
}

interface RoleDetail {
  readonly Arn: string;
  readonly AttachedManagedPolicies: readonly { readonly PolicyArn: string }[];
  readonly RolePolicyList: readonly {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
}
interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** The roles of all functions. */
export async function deployedRoles(aws: Aws): Promise<readonly Role[]> {
  const [{ Functions: functions }, { RoleDetailList: details }] = await Promise.all([
    aws<{ Functions: { FunctionName: string; FunctionArn: string; Role: string }[] }>(
      'lambda',
      'list-functions',
    ),
    aws<{ RoleDetailList: RoleDetail[] }>('iam', 'get-account-authorization-details', { Filter: ['Role'] }),
  ]);
  return functions.map(({ FunctionName: functionName, FunctionArn: arn, Role: roleArn }) => {
    const detail = details.find(({ Arn }) => Arn === roleArn);
    if (detail === undefined) throw new Error(`${functionName} has the role ${roleArn}, which is not there`);
    return {
      functionName,
      logGroupArn: `${arn.replace(':lambda:', ':logs:').replace(/:function:.*$/, ':log-group')}:/aws/lambda/${functionName}:*`,
      accessKeyId: accessKeyOf(arn, roleArn),
      grants: [
        ...detail.AttachedManagedPolicies.map(({ PolicyArn }) => `everything in ${PolicyArn}`),
        ...detail.RolePolicyList.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(grantsOf),
      ],
    };
  });
}

/** The key that MiniStack 1.5.33 makes for a function's role (`execution_credentials` of its `lambda_runtime.py`). */
function accessKeyOf(functionArn: string, roleArn: string): string {
  const digest = createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex');
  return `ASIA${digest.slice(0, 16).toUpperCase()}`;
}

function grantsOf({ Effect, Action, Resource }: Statement): readonly string[] {
  if (Effect !== 'Allow') return [];
  return [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} on ${resource}`));
}

/** The queues that functions serve. */
export async function deployedMappings(aws: Aws): Promise<readonly Mapping[]> {
  const { EventSourceMappings: mappings } = await aws<{
    EventSourceMappings: { EventSourceArn: string; FunctionArn: string; State: string }[];
  }>('lambda', 'list-event-source-mappings');
  return mappings
    .filter(({ State: state }) => state !== 'Disabled')
    .map(({ EventSourceArn: queueArn, FunctionArn: arn }) => ({
      functionName: arn.replace(/^.*:function:/, ''),
      queueArn,
    }));
}

/** What names the resource of a call, and what a message said. */
interface Parameters {
  readonly TableName?: string;
  /** By the name of the table. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly IndexName?: string;
  readonly QueueUrl?: string;
  readonly SecretId?: string;
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly EventBusName?: string }[];
}

interface Recording {
  readonly EventId: string;
  /** For S3 the bucket comes first, then the object: MiniStack 1.5.33 does not put them into the event. */
  readonly Resources: readonly { readonly ResourceName: string }[];
  /** Seconds, with a fraction. */
  readonly EventTime: number;
  readonly CloudTrailEvent: string;
}

/**
 * Every call to AWS that IAM allowed, the latest first; what it refused stands in the logs (`search.ts`). MiniStack 1.5.33 gives 50 at most and no
 * token for the next ones; times with fractions of a second, which the AWS CLI would round, lead there. `url`: MiniStack.
 */
export async function* recordedCalls(url: string): AsyncGenerator<Recorded> {
  const seen = new Set<string>();
  for (let endTime = Date.now() / 1000 + 60; ; ) {
    const page = (await lookUp(url, endTime)).filter(({ EventId }) => !seen.has(EventId));
    for (const { EventId, EventTime, CloudTrailEvent, Resources } of page) {
      seen.add(EventId);
      endTime = Math.min(endTime, EventTime);
      yield readRecorded(CloudTrailEvent, Resources);
    }
    if (page.length === 0) return;
  }
}

async function lookUp(url: string, endTime: number): Promise<readonly Recording[]> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'X-Amz-Target': 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
      'Content-Type': 'application/x-amz-json-1.1',
      Authorization:
        'AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/cloudtrail/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ EndTime: endTime }),
  });
  const { Events: events }: { Events: Recording[] } = JSON.parse(await reply.text());
  return events;
}

function readRecorded(text: string, resources: Recording['Resources']): Recorded {
  const event: {
    eventSource: string;
    eventName: string;
    awsRegion: string;
    recipientAccountId: string;
    userIdentity: { accessKeyId: string };
    requestParameters: Parameters | null;
  } = JSON.parse(text);
  const service = event.eventSource.replace('.amazonaws.com', '');
  const { RequestItems, IndexName, QueueUrl, SecretId, MessageBody, Entries, ...others } =
    event.requestParameters ?? {};
  const { TableName = Object.keys(RequestItems ?? {})[0] } = others;
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  const [entry] = Entries ?? [];
  const [bucket, object] = resources;
  const here = `arn:aws:${service}:${event.awsRegion}:${event.recipientAccountId}`;
  const resource =
    SecretId ??
    (TableName && `${here}:table/${TableName}${index}`) ??
    (QueueUrl && `${here}:${QueueUrl.split('/').at(-1)}`) ??
    (entry?.EventBusName && `${here}:event-bus/${entry.EventBusName}`) ??
    // A grant names all objects of a bucket.
    (service === 's3' && bucket && `arn:aws:s3:::${bucket.ResourceName}${object ? '/*' : ''}`) ??
    'a resource that the record does not name';
  return {
    accessKeyId: event.userIdentity.accessKeyId,
    grant: `${service}:${event.eventName} on ${resource}`,
    messageBody: MessageBody,
    text,
  };
}

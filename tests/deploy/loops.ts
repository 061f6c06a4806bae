import { longestChain, nextTrace } from '../../mocks/local-stack/trace.ts';
import type { Aws } from './aws.ts';
import { type Scene, until } from './crashes.ts';
import { physicalId, stackName } from './deployment.ts';
import type { Deployed } from './findings.ts';
import type { Report } from './report.ts';

/** Functions are allowed to loop that the template allows to; MiniStack 1.5.33 takes that from no template. */
export async function allowLoops(aws: Aws, { template, resources }: Deployed): Promise<void> {
  for (const [name, { Properties: properties }] of Object.entries(template.Resources)) {
    const { RecursiveLoop } = Object(properties);
    if (RecursiveLoop === undefined) continue;
    const FunctionName = physicalId(resources, name);
    await aws('lambda', 'put-function-recursion-config', { FunctionName, RecursiveLoop });
  }
}

/** No function was stopped in a loop so far; and a chain is seen, because functions pass on what counts it. */
export function checkLoops({ stack }: Scene, report: Report): void {
  const output = stack.output();
  const stopped = [...output.matchAll(/Dropped invocation of (\S+): recursive loop/g)].map(
    ([, name]) => name,
  );
  for (const name of new Set(stopped)) {
    report.fault(
      `${name} was stopped as a recursive loop: it needs recursiveLoop: Allow, and a bound of its own`,
    );
  }
  const rounds = [...output.matchAll(/chain of messages: (\S+) for the (\d+)\. time/g)];
  const [longest] = rounds.toSorted(([, , one], [, , other]) => Number(other) - Number(one));
  if (longest === undefined) report.fault('no function went on from the trace header of another');
  else report.fact(`no loop was stopped; the longest chain came to ${longest[1]} ${longest[2]} times`);
}

/** A function that is not allowed to loop is not invoked with a message whose chain has come to it too often. */
export async function stopLoop({ aws, stack, deadLetterQueueUrl, signal }: Scene): Promise<void> {
  const name = `${stackName}-refresh-dead-letters`;
  let StringValue: string | undefined;
  for (let round = 0; round < longestChain; round += 1) StringValue = nextTrace(StringValue, name);
  await aws('sqs', 'send-message', {
    QueueUrl: deadLetterQueueUrl,
    MessageBody: '{}',
    MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } },
  });
  const isStopped = () => stack.output().includes(`Dropped invocation of ${name}: recursive loop`);
  await until('the loop is stopped', signal, isStopped);
}

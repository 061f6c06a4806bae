import { SQSClient } from '@aws-sdk/client-sqs';
import type { Invoke } from './functions.ts';
import { localAws } from './local-aws.ts';
import { startPoller } from './poller.ts';
import { startSchedule } from './schedule.ts';
import type { FunctionConfig } from './serverless-config.ts';
import type { LocalSqs } from './sqs.ts';

interface TriggerOptions {
  readonly functions: readonly FunctionConfig[];
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
}

/** Takes the messages of every queue that a function serves, as `serverless.yml` says. `stop` waits for no function. */
export function startPollers({ functions, sqs, invoke, log }: TriggerOptions & { readonly sqs: LocalSqs }): {
  stop(): Promise<void>;
} {
  const client = new SQSClient({ ...localAws, endpoint: sqs.url, maxAttempts: 1 });
  const pollers = functions.flatMap((served) =>
    served.queues.map(({ queueName, concurrency, batchSize }) =>
      startPoller({
        client,
        queueName,
        queueUrl: sqs.queueUrl(queueName),
        served,
        concurrency,
        batchSize,
        invoke: (event) => invoke(served, event),
        log,
      }),
    ),
  );
  return {
    async stop() {
      await Promise.all(pollers.map((poller) => poller.stop()));
      client.destroy();
    },
  };
}

/** Invokes every function that has a schedule, at its rate. */
export function startSchedules({ functions, invoke, log }: TriggerOptions): { stop(): void } {
  const schedules = functions.flatMap((called) =>
    called.schedules.map(({ name, everyMs }) =>
      startSchedule({ name, everyMs, invoke: (event) => invoke(called, event), log }),
    ),
  );
  return {
    stop() {
      for (const schedule of schedules) schedule.stop();
    },
  };
}

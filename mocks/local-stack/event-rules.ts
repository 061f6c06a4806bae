import { setTimeout as sleep } from 'node:timers/promises';
import type { BusEvent } from './eventbridge.ts';
import type { Invoke } from './functions.ts';
import type { EventRule, FunctionConfig } from './serverless-config.ts';

/** Waits between two tries of an event, in ms. On AWS the first is a minute. */
const retryPauseMs = 1_000;

/**
 * Hands an event to every function whose rule matches it, as EventBridge and Lambda do together: nobody waits for the
 * function, and one that fails is tried again. Says one line of each event, with the ids that it is about and nothing
 * else of its detail.
 */
export function createDispatcher(options: {
  readonly functions: readonly FunctionConfig[];
  readonly invoke: Invoke;
  readonly log: (line: string) => void;
  readonly pauseMs?: number;
}): (event: BusEvent) => Promise<void> {
  const { functions, invoke, log, pauseMs = retryPauseMs } = options;
  const run = async (called: FunctionConfig, event: BusEvent): Promise<void> => {
    const { key, maxRetries } = called;
    for (let retries = 0; ; retries += 1) {
      const result = await invoke(called, event);
      if (result.kind === 'answered') return;
      const again = retries < maxRetries;
      log(`${key} failed (${result.reason}); ${again ? 'will be retried' : 'event dropped'}`);
      if (!again) return;
      await sleep(pauseMs);
    }
  };
  return async (event) => {
    const served = functions.filter(({ rules }) => rules.some((rule) => matches(rule, event)));
    const whom = served.map(({ key }) => key).join(', ') || 'no function here takes it';
    log(`${event['detail-type']} (${event.source})${idsOf(event.detail)}: ${whom}`);
    await Promise.all(served.map((one) => run(one, event)));
  };
}

function matches({ detailTypes }: EventRule, event: BusEvent): boolean {
  return detailTypes?.includes(event['detail-type']) ?? true;
}

/** Each only in its own form: whatever else stands there may be anything. */
const idForms: Readonly<Record<string, RegExp>> = {
  subscriptionId: /^[\w-]{43}\.[0-9a-z]{8}$/,
  deviceKey: /^[\w-]{43}$/,
  refreshId: /^[0-9a-z]{7}-[0-9a-z]{16}$/,
};

function idsOf(detail: unknown): string {
  const fields: Record<string, unknown> = Object(detail);
  const ids = Object.entries(idForms).flatMap(([name, form]) => {
    const value = fields[name];
    return typeof value === 'string' && form.test(value) ? [` ${name} ${value}`] : [];
  });
  return ids.join('');
}

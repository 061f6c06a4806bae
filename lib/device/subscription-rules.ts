import { longestBackoffMs } from './policy.ts';
import type { Decision, DeviceRecord, EndedRefresh, EpochMs, Subscription } from './record.ts';
import { advance, emptyRecord } from './record.ts';

/** Names a subscription in events. Who holds it can ask for a refresh over EventBridge, and read nothing. */
export function subscriptionIdOf(deviceKey: string, suffix: string): string {
  return `${deviceKey}.${suffix}`;
}

/** What an id names: the device, and which of its subscriptions. `id` has the form of the contract (`SubscriptionId`). */
export function subscriptionNamed(id: string): { readonly deviceKey: string; readonly suffix: string } {
  const [deviceKey = '', suffix = ''] = id.split('.');
  return { deviceKey, suffix };
}

/** What a caller asks for. */
export interface SubscriptionInput {
  readonly everyMs?: number;
  readonly onCallbacks: boolean;
}

/**
 * A subscription is put: a new one, or other terms for the one there is. The same terms change nothing, unless it was
 * stopped. `suffix`: 8 random characters for a new one.
 */
export function subscribe(
  record: DeviceRecord | undefined,
  input: SubscriptionInput,
  suffix: string,
  nowMs: EpochMs,
): Decision<{ readonly created: boolean; readonly rev: number; readonly subscription: Subscription }> {
  const before = record?.subscription;
  const isSame = before?.everyMs === input.everyMs && before?.onCallbacks === input.onCallbacks;
  if (record && before && isSame && !before.stopped) {
    return { outcome: { created: false, rev: record.rev, subscription: before } };
  }
  const keepsTime = before?.everyMs !== undefined && before.everyMs === input.everyMs;
  const subscription = nextDue(
    {
      suffix: before?.suffix ?? suffix,
      createdAtMs: before?.createdAtMs ?? nowMs,
      ...(input.everyMs !== undefined && { everyMs: input.everyMs }),
      anchorMs: keepsTime ? before.anchorMs : nowMs,
      onCallbacks: input.onCallbacks,
      failures: 0,
    },
    nowMs,
  );
  const { erasedAtMs: _revived, ...base } = record ?? emptyRecord;
  const next = advance(base, { subscription });
  return { next, outcome: { created: before === undefined, rev: next.rev, subscription } };
}

/** The subscription ends, and with it what it asked for. */
export function unsubscribe(record: DeviceRecord | undefined): Decision<void> {
  if (record?.subscription === undefined) return { outcome: undefined };
  const { subscription: _ended, rerun: _withIt, ...rest } = record;
  return { next: advance(rest, {}), outcome: undefined };
}

/** The same, due at the next whole period after now. */
export function nextDue(subscription: Subscription, nowMs: EpochMs): Subscription {
  const { dueAtMs: _before, ...rest } = subscription;
  const { everyMs, anchorMs } = rest;
  if (everyMs === undefined || rest.stopped) return rest;
  const periods = Math.max(1, Math.floor((nowMs - anchorMs) / everyMs) + 1);
  return { ...rest, dueAtMs: anchorMs + periods * everyMs };
}

/** After another failure: due later every time, up to a day. */
export function backedOff(subscription: Subscription, nowMs: EpochMs): Subscription {
  const failed = { ...subscription, failures: subscription.failures + 1 };
  const { everyMs } = failed;
  const due = nextDue(failed, nowMs);
  if (everyMs === undefined || due.dueAtMs === undefined) return due;
  const waitMs = Math.min(
    everyMs * 2 ** Math.min(failed.failures - 1, 20),
    Math.max(everyMs, longestBackoffMs),
  );
  return { ...due, dueAtMs: Math.max(due.dueAtMs, nowMs + waitMs) };
}

/** What the end of a refresh, whoever asked for it, means for the subscription. */
export function afterEnd(subscription: Subscription, ended: EndedRefresh, nowMs: EpochMs): Subscription {
  if (ended.status === 'succeeded') {
    const { stopped: _goesOn, ...rest } = subscription;
    return nextDue({ ...rest, failures: 0 }, nowMs);
  }
  if (ended.error !== 'token-rejected') return backedOff(subscription, nowMs);
  const { dueAtMs: _never, ...rest } = subscription;
  return { ...rest, failures: rest.failures + 1, stopped: true };
}

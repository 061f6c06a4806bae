import type { Subscription } from '../contract/types.generated.ts';
import { faultOfSubscriptionRequest, isSubscriptionRequest } from '../contract/validators.generated.js';
import type { DeviceRecord, EpochMs } from '../device/record.ts';
import { isOpen } from '../device/record.ts';
import type { SubscribeResult } from '../device/subscribe.ts';
import { nextDue, type SubscriptionInput, subscriptionIdOf } from '../device/subscription-rules.ts';
import { type Answer, failureProblem, json, timeOf, timeOrNull } from './answer.ts';
import { Fault } from './faults.ts';
import { type HttpRequest, jsonBodyOf } from './request.ts';

const contract = { is: isSubscriptionRequest, faultOf: faultOfSubscriptionRequest };

/** What the body asks for. `shortestMs`: the operator's `MIN_REFRESH_INTERVAL_S`. Throws `Fault`. */
export function subscriptionInputOf(request: HttpRequest, shortestMs: number): SubscriptionInput {
  const { refreshEverySeconds, refreshOnCallbacks = true } = jsonBodyOf(request, contract);
  if (refreshEverySeconds === undefined) return { onCallbacks: refreshOnCallbacks };
  const everyMs = refreshEverySeconds * 1000;
  if (everyMs < shortestMs) {
    const detail = `must be at least ${shortestMs / 1000}: the operator allows no shorter interval`;
    throw new Fault('invalid-request', [{ pointer: '/refreshEverySeconds', detail }]);
  }
  return { everyMs, onCallbacks: refreshOnCallbacks };
}

/** 201 when there was none before, else 200. Throws `Fault` when GeWe does not accept the token. */
export function putSubscriptionAnswer(deviceKey: string, result: SubscribeResult, nowMs: EpochMs): Answer {
  if (result.kind === 'rejected') throw new Fault(result.why);
  return subscriptionAnswer(result.created ? 201 : 200, deviceKey, result.record, nowMs);
}

/** Throws `Fault` when there is no subscription. */
export function subscriptionAnswer(
  status: 200 | 201,
  deviceKey: string,
  record: DeviceRecord | undefined,
  nowMs: EpochMs,
): Answer {
  const subscription = record?.subscription;
  if (record === undefined || subscription === undefined) throw new Fault('subscription-not-found');
  const { refresh, offlineSinceMs } = record;
  const error = refresh && !isOpen(refresh) ? refresh.error : undefined;
  const { suffix, everyMs, onCallbacks, createdAtMs, failures, stopped } = subscription;
  // While a refresh runs the record says when the schedule is to look whether it has died.
  const { dueAtMs } = refresh && isOpen(refresh) ? nextDue(subscription, nowMs) : subscription;
  const body: Subscription = {
    id: subscriptionIdOf(deviceKey, suffix),
    status: stopped ? 'stopped' : 'active',
    refreshEverySeconds: everyMs === undefined ? null : everyMs / 1000,
    refreshOnCallbacks: onCallbacks,
    createdAt: timeOf(createdAtMs),
    nextRefreshAt: timeOrNull(dueAtMs),
    failures,
    offlineSince: timeOrNull(offlineSinceMs),
    error: error === undefined ? null : failureProblem(error),
  };
  return json(status, body, { 'Cache-Control': 'no-store' });
}

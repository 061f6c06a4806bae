import { billedS, type Month, type Use } from './month.ts';
import { beginEveryS } from './runs.ts';
import type { Stack } from './stack.ts';

/** Something that there is only so much of. */
export interface Limit {
  readonly name: string;
  readonly used: number;
  readonly most: number;
  readonly unit: string;
  /** What to do when it is short. */
  readonly remedy: string;
}

/** How long start-due may go on in each minute (`custom.scheduleTimeoutS`, less what it needs to end). */
const startsForS = 47;
/** For how many runs an account has room: a new one, and after the first increase, which is free. */
export const newAccountRuns = 10;
const accountRuns = 1_000;
/** Write units a second that a new table takes, and one partition. */
const newTableWriteUnits = 4_000;
const partitionWriteUnits = 1_000;
const dueShards = 4;
/** `MAX_LIST_CALLS` at most. */
const mostListCalls = 20_000;
const mostInFlight = 120_000;
/** What the gateway lets through in a second by default: `CALLBACK_RATE_LIMIT`, `API_RATE_LIMIT`. */
const callbackRate = 500;
const apiRate = 50;
/** Of the index: deleting the old entry and putting the new one. */
const indexUnitsPerStart = 2;

/** What there is least left of, the scarcest first. */
export function limitsOf(use: Use, month: Month, stack: Stack): readonly Limit[] {
  const { devices, everyS, callbacksPerDay, readsPerDay } = use;
  const gridS = beginEveryS(everyS);
  const bunch = Math.ceil((devices * gridS) / everyS);
  const startsPerS = 1 / billedS('startDevice', 'start-due', stack);
  const startsPerBunch = (gridS / 60) * startsForS * startsPerS;
  const bunchS = Math.max(1, bunch / startsPerS);
  const bunchWrites = (bunch * month.writeUnitsPerRefresh) / Math.max(bunchS, use.listS);
  const perS = (perDay: number) => (devices * perDay) / 86_400;
  const limits: readonly Limit[] = [
    {
      name: 'devices that start-due begins in one step of its grid',
      used: bunch,
      most: Math.floor(startsPerBunch),
      unit: `in ${gridS} s`,
      remedy: 'give start-due more memory, and with it CPU; spread the periods of the devices',
    },
    {
      name: 'list calls open at GeWe',
      used: month.maxListCalls,
      most: mostListCalls,
      unit: 'at once',
      remedy: 'ask GeWe what it bears; refresh less often, and by callbacks (refreshOnCallbacks)',
    },
    {
      name: 'concurrent runs of fetch-contacts, of a new account',
      used: Math.max(2, Math.ceil(month.maxListCalls / 50)),
      most: newAccountRuns - 4,
      unit: 'runs',
      remedy: 'request 1,000 concurrent executions (Service Quotas, free)',
    },
    {
      name: 'concurrent runs of fetch-contacts, after the first increase',
      used: Math.max(2, Math.ceil(month.maxListCalls / 50)),
      most: accountRuns - 100,
      unit: 'runs',
      remedy: 'request more',
    },
    {
      name: 'write units of the table in the busiest second',
      used: Math.round(bunchWrites),
      most: newTableWriteUnits,
      unit: 'a second',
      remedy: 'warm the table (warm throughput), which lets it split',
    },
    {
      name: 'write units of the index in the busiest second',
      used: Math.round((bunch * indexUnitsPerStart) / bunchS),
      most: dueShards * partitionWriteUnits,
      unit: 'a second',
      remedy: 'raise dueShards (lib/device/policy.ts)',
    },
    {
      name: 'messages in flight',
      used: month.maxListCalls,
      most: mostInFlight,
      unit: 'messages',
      remedy: 'none is needed before MAX_LIST_CALLS ends',
    },
    {
      name: 'callbacks at the gateway',
      used: Math.ceil(perS(callbacksPerDay) * busyHour),
      most: callbackRate,
      unit: 'a second',
      remedy: 'raise CALLBACK_RATE_LIMIT',
    },
    {
      name: 'reads at the gateway',
      used: Math.ceil(perS(readsPerDay) * busyHour),
      most: apiRate,
      unit: 'a second',
      remedy: 'raise API_RATE_LIMIT',
    },
  ];
  return limits.toSorted((one, other) => other.used / other.most - one.used / one.most);
}

/** A busy hour has three times the average. */
const busyHour = 3;

import { dueShards } from '../../lib/device/policy.ts';
import { billedS, type Month, mostListCalls, neededListCalls, runsFor, type Use } from './month.ts';
import { beginEveryS } from './runs.ts';
import type { Stack } from './stack.ts';
import { units } from './units.ts';

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
/** Executions at the same time: of a new account, and of others, or after the first increase. */
const newAccountRuns = 10;
const accountRuns = 1_000;
/** Beside the runs that wait for GeWe: the schedule, requests, callbacks and forwarding. */
const otherRuns = 4;
/** Write units a second that a new table takes, and one partition. */
const newTableWriteUnits = 4_000;
const partitionWriteUnits = 1_000;
const mostInFlight = 120_000;
/** What the gateway lets through in a second by default: `CALLBACK_RATE_LIMIT`, `API_RATE_LIMIT`. */
const callbackRate = 500;
const apiRate = 50;
/** Of the index: deleting the old entry and putting the new one. */
const indexUnitsPerStart = 2;
/** Of the record, the index and the refresh that leaves the record. */
const writesOfStart = 4;

/** What there is least left of, the scarcest first. */
export function limitsOf(use: Use, month: Month, stack: Stack): readonly Limit[] {
  const { everyS, callbacksPerDay, readsPerDay } = use;
  // Each stack has limits of its own, but for GeWe's.
  const devices = use.devices / month.stacks;
  const { runs } = runsFor(month.maxListCalls);
  const startsPerS = 1 / billedS('startDevice', 'start-due', stack);
  const duePerMinute = Math.ceil((devices * 60) / everyS);
  // A bunch of the grid is worked off as fast as the list calls allow.
  const bunch = Math.ceil((devices * beginEveryS(everyS)) / everyS);
  const endsPerS = Math.min(bunch, month.maxListCalls) / Math.max(1, use.listS);
  const busyWrites =
    startsPerS * writesOfStart + endsPerS * (units.scheduledRefresh.writeUnits - writesOfStart);
  const endsPerRunS = month.runs.aliveRuns === 0 ? 0 : devices / everyS / month.runs.aliveRuns;
  const perS = (perDay: number) => (devices * perDay) / 86_400;
  const limits: readonly Limit[] = [
    {
      name: 'devices that start-due begins',
      used: duePerMinute,
      most: Math.floor(startsPerS * startsForS),
      unit: 'a minute',
      remedy: 'give start-due more memory, and with it CPU; refresh less often',
    },
    {
      name: 'list calls open at GeWe',
      used: Math.max(month.maxListCalls, neededListCalls(use)),
      most: mostListCalls,
      unit: 'at once',
      remedy:
        'several stacks, each for some of the tokens; refresh less often, and by callbacks (refreshOnCallbacks)',
    },
    {
      name: 'concurrent executions of a new account',
      used: runs + otherRuns,
      most: newAccountRuns,
      unit: 'at once',
      remedy: 'request 1,000 in Service Quotas, which is free',
    },
    {
      name: 'concurrent executions of any other account',
      used: runs + otherRuns,
      most: accountRuns,
      unit: 'at once',
      remedy: 'request more in Service Quotas',
    },
    {
      name: 'write units of the table in the busiest second',
      used: Math.ceil(
        Math.min(busyWrites, duePerMinute * writesOfStart + endsPerS * units.scheduledRefresh.writeUnits),
      ),
      most: newTableWriteUnits,
      unit: 'a second',
      remedy: 'warm the table (warm throughput), which lets it split',
    },
    {
      name: 'write units of the index in the busiest second',
      used: Math.ceil(Math.min(startsPerS, duePerMinute) * indexUnitsPerStart),
      most: dueShards * partitionWriteUnits,
      unit: 'a second',
      remedy: 'raise dueShards (lib/device/policy.ts)',
    },
    {
      name: 'CPU of the runs that wait for GeWe (%)',
      used: Math.ceil(100 * endsPerRunS * billedS('refresh', 'fetch-contacts', stack)),
      most: 100,
      unit: 'at most',
      remedy: 'give fetch-contacts more memory, and with it CPU',
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

import { limitsOf } from './limits.ts';
import { costOfMonth, costOfOne, type Part, type Parts, typical, type Use } from './month.ts';
import type { Stack } from './stack.ts';
import { type Units, units } from './units.ts';

// The tables of docs/cost.md and docs/cost.zh-CN.md: the test holds their numbers to these, the words are the pages' own.

const sizes = [1, 1_000, 100_000, 1_000_000] as const;

type Rows = readonly (readonly string[])[];

/** The month without the fixed part: devices, hourly with 20 s and with 240 s a list, daily with 20 s. */
export function monthRows(stack: Stack): Rows {
  const without = (use: Use) => {
    const { totalUsd, fixedUsd } = costOfMonth(use, stack);
    return dollars(totalUsd - fixedUsd);
  };
  return sizes.map((devices) => [
    count(devices),
    without({ ...typical, devices }),
    without({ ...typical, devices, listS: 240 }),
    without({ ...typical, devices, everyS: 86_400 }),
  ]);
}

const shown: readonly Part[] = [
  'lambdaWaiting',
  'lambdaOther',
  'dynamodbWrites',
  'dynamodbReads',
  'sqs',
  'logs',
  'metrics',
  'events',
  'storage',
  'transfer',
];

/** Hourly with 20 s a list: each part, for each size. */
export function partRows(stack: Stack): Rows {
  const months = sizes.map((devices) => costOfMonth({ ...typical, devices }, stack));
  return shown.map((part) => months.map(({ parts }) => dollars(parts[part])));
}

/** One of each thing: its units, and a million of it in dollars. */
export function unitRows(stack: Stack): Rows {
  const things = Object.keys(units).filter((name): name is keyof typeof units => name !== 'idleMinute');
  return things.map((thing) => {
    const { writeUnits, readUnits, sqsRequests, events, logBytes }: Units = units[thing];
    return [
      ...[writeUnits, readUnits, sqsRequests, events, logBytes].map((number) => count(number)),
      dollars(1e6 * totalOf(costOfOne(thing, typical.ids, stack))),
    ];
  });
}

/** Hourly with 20 s a list: for each size, what there is least left of, twice. */
export function limitRows(stack: Stack): Rows {
  return sizes.flatMap((devices) => {
    const use = { ...typical, devices };
    const limits = limitsOf(use, costOfMonth(use, stack), stack).slice(0, 2);
    return limits.map(({ name, used, most }) => [count(devices), name, count(used), count(most)]);
  });
}

/** `MAX_LIST_CALLS` and the runs it makes, for each size. */
export function callRows(stack: Stack): Rows {
  return sizes.map((devices) => {
    const { maxListCalls, runs } = costOfMonth({ ...typical, devices }, stack);
    return [count(devices), count(maxListCalls), count(runs.mostRuns), count(Math.ceil(runs.longestWaitS))];
  });
}

function totalOf(parts: Partial<Parts>): number {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}

function count(number: number): string {
  return number.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** Cents below 100 dollars, whole dollars above. */
function dollars(usd: number): string {
  const digits = usd < 100 ? 2 : 0;
  return usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

import { createRequire } from 'node:module';
import { slotsForSchedule } from '../../lib/refresh/schedule-rules.ts';
import { userSettings } from '../../lib/settings/user-settings.ts';
import { monthS, prices } from './prices.ts';
import { meanOpen, type RunUse, simulateRuns } from './runs.ts';
import type { Stack } from './stack.ts';
import {
  awsCallMs,
  durations,
  memoryMbOfCpu,
  metricsWritten,
  packedBytesPerId,
  platformLogBytes,
  type Units,
  units,
} from './units.ts';

/** What a month is computed for. */
export interface Use {
  readonly devices: number;
  /** Seconds from one scheduled refresh of a device to the next. */
  readonly everyS: number;
  /** How long GeWe takes for a list. */
  readonly listS: number;
  /** Which share of the refreshes finds another list. */
  readonly changedShare: number;
  /** Ids in a list. */
  readonly ids: number;
  /** Of each device, in a day. */
  readonly callbacksPerDay: number;
  readonly readsPerDay: number;
  /** `MAX_LIST_CALLS`; what is needed and a quarter more where it is absent. */
  readonly maxListCalls?: number;
}

/** What is assumed of whatever nobody says. */
export const typical: Use = {
  devices: 1_000,
  everyS: 3_600,
  listS: 20,
  changedShare: 0.05,
  ids: 1_000,
  callbacksPerDay: 0,
  readsPerDay: 0,
};

export interface Month {
  readonly totalUsd: number;
  /** What the stack costs when nobody uses it, which the total includes. */
  readonly fixedUsd: number;
  /** Together they are the total. */
  readonly parts: Parts;
  /** What the total assumes; of each stack, where one does not allow as many list calls as are needed. */
  readonly maxListCalls: number;
  readonly stacks: number;
  /** Of one stack. */
  readonly runs: RunUse;
}

const partNames = [
  'fixed',
  'lambdaWaiting',
  'lambdaOther',
  'dynamodbWrites',
  'dynamodbReads',
  'sqs',
  'events',
  'logs',
  'metrics',
  'api',
  'storage',
  'transfer',
] as const;
export type Part = (typeof partNames)[number];
/** In US dollars. */
export type Parts = Readonly<Record<Part, number>>;

/** `LEASE_S` / 3, by default. */
const renewalS = 10;
/** What a refresh takes beside GeWe's answer: the record's reads and writes, and the list's processing. */
const besideListS = 0.3;
/** A run looks for work this long before it ends; a new one takes a moment to start. */
const runTailS = 1.5;
/** Run time 900 s, less the longest list call and its settling (functions/fetch-contacts.ts). */
const runTakesForS = 640;
const defaultMaxListCalls = Number(userSettings.maxListCalls.fallback);
/** The most that `MAX_LIST_CALLS` takes (lib/settings/user-settings.ts). */
export const mostListCalls = 20_000;
/** Lambda's pollers of a queue, each of which waits 20 s for a message. */
const pollersPerQueue = 5;
const pollS = 20;
/** A run asks the callers' queue, then waits a second there; and it asks the schedule's while it has room (lib/aws/sqs/serve-queues.ts). */
const asksPerS = { ofAlive: 2, withRoom: 1 };
/** The schedule wakes a run in each minute in which something is due, which often finds nothing to do yet: its time, and its requests. */
const wokenRun = { takesS: 0.2, sqsRequests: 4 };
/** How long a bot takes to answer a callback. */
const botS = 0.2;
/** What CloudWatch adds to each line of a log. */
const lineOverheadBytes = 26;
const gb = 1024 ** 3;

/** How `MAX_LIST_CALLS` is spread over runs, which serverless.yml reads, too. */
const { spread }: { spread: (maxListCalls: number) => { runs: number; perRun: number } } = createRequire(
  import.meta.url,
)('../../infra/list-calls.cjs');

/** The same; `slots`: what the schedule may use of each run. */
export function runsFor(maxListCalls: number): { readonly runs: number; readonly slots: number } {
  const { runs, perRun } = spread(maxListCalls);
  return { runs, slots: slotsForSchedule(perRun) };
}

/** The list calls that have to be allowed at once: what is open on average, a quarter more, and what is kept for callers. */
export function neededListCalls({ devices, everyS, listS }: Use): number {
  const open = meanOpen({ devices, everyS, refreshS: listS + besideListS });
  const { perRun } = spread(defaultMaxListCalls);
  const runs = Math.ceil((open * 1.25) / slotsForSchedule(perRun));
  return Math.max(defaultMaxListCalls, runs * perRun);
}

/** Throws an error for a person when `maxListCalls` is too small for the devices. */
export function costOfMonth(use: Use, stack: Stack): Month {
  const stacks = use.maxListCalls === undefined ? Math.ceil(neededListCalls(use) / mostListCalls) : 1;
  if (stacks > 1) {
    const one = costOfMonth({ ...use, devices: use.devices / stacks, maxListCalls: mostListCalls }, stack);
    const [totalUsd, fixedUsd] = [one.totalUsd * stacks, one.fixedUsd * stacks];
    return { ...one, totalUsd, fixedUsd, parts: sum([one.parts], stacks), stacks };
  }
  const { devices, everyS, listS, ids } = use;
  const maxListCalls = use.maxListCalls ?? neededListCalls(use);
  const load = { devices, everyS, refreshS: listS + besideListS };
  const runs = simulateRuns(load, { ...runsFor(maxListCalls), takesForS: runTakesForS, tailS: runTailS });
  if (runs === undefined) {
    const enough = neededListCalls(use);
    throw new Error(`MAX_LIST_CALLS=${maxListCalls} is too small for these devices; ${enough} is enough`);
  }
  const refreshes = (devices * monthS) / everyS;
  const daily = (perDay: number) => (devices * perDay * monthS) / 86_400;
  const wokenRuns = (monthS / 60) * Math.min(1, (devices * 60) / everyS);
  const hoursWithRefreshes = Math.min(1, (devices * 3600) / everyS);
  const metrics =
    metricsWritten.schedule * hoursWithRefreshes +
    (use.readsPerDay > 0 ? metricsWritten.reads : 0) +
    (use.callbacksPerDay > 0 ? metricsWritten.callbacks : 0);
  // The list in two slots; the record, the token and what surrounds items; ended refreshes for a day.
  const storedBytes = devices * (2 * ids * packedBytesPerId + 2_500 + (86_400 * 500) / everyS);
  const parts = sum([
    idleMonth(stack),
    times(refreshes, costOfOne('scheduledRefresh', ids, stack)),
    times(refreshes * Math.floor(listS / renewalS), costOfOne('renewal', ids, stack)),
    times(refreshes * use.changedShare, costOfOne('change', ids, stack)),
    times(daily(use.readsPerDay), costOfOne('listRead', ids, stack)),
    times(daily(use.callbacksPerDay), costOfOne('callback', ids, stack)),
    {
      lambdaWaiting:
        (runs.aliveRuns * monthS + wokenRuns * wokenRun.takesS) *
          stack.memoryGb('fetch-contacts') *
          prices.lambdaGbSecond +
        (runs.runsStarted * monthS + wokenRuns) * prices.lambdaRequest,
      sqs:
        ((runs.aliveRuns * asksPerS.ofAlive + runs.askingRuns * asksPerS.withRoom) * monthS +
          wokenRuns * wokenRun.sqsRequests) *
        prices.sqsRequest,
      logs: logUsd((runs.runsStarted * monthS + wokenRuns) * platformLogBytes),
      metrics: metrics * prices.metricMonth,
      storage: (storedBytes / gb) * (prices.tableGbMonth + prices.pointInTimeGbMonth),
    },
  ]);
  const totalUsd = Object.values(parts).reduce((total, part) => total + part, 0);
  return { totalUsd, fixedUsd: parts.fixed, parts, maxListCalls, stacks, runs };
}

/** What the stack costs in a month in which nothing happens: nobody calls, no device is subscribed. */
export function idleMonth(stack: Stack): Pick<Parts, 'fixed'> {
  const minutes = (monthS / 3600) * stack.scheduledRunsPerHour;
  const aMinute = Object.values(costOfOne('idleMinute', 0, stack)).reduce((total, part) => total + part, 0);
  const fixed =
    stack.alarms * prices.alarmMonth +
    stack.paidDashboards * prices.dashboardMonth +
    stack.secrets * prices.secretMonth +
    stack.polledQueues * pollersPerQueue * (monthS / pollS) * prices.sqsRequest +
    minutes * aMinute;
  return { fixed };
}

/** What one thing that happens takes beside its units. */
interface Beside {
  /** The functions that it runs, and what each does there. */
  readonly runs?: readonly (readonly [keyof typeof durations, string])[];
  /** How long functions wait for somebody outside AWS, by their names. */
  readonly waits?: Readonly<Record<string, number>>;
  readonly apiRequests?: number;
  /** Receives of messages, and the deletes of Lambda's own poller, which come beside those of the functions. */
  readonly polledMessages?: number;
  readonly outBytes?: number;
  /** It reads or writes the list of so many ids. */
  readonly readsList?: boolean;
  readonly writesList?: boolean;
}

const beside = {
  idleMinute: { runs: [['idleMinute', 'start-due']] },
  // The runs that wait for GeWe are simulated. One receive takes ten messages, and after each refresh that ends a run asks for another. A
  // request to GeWe has 1 KB with its headers.
  scheduledRefresh: { polledMessages: 1.1, outBytes: 1_000 },
  renewal: {},
  change: { readsList: true, writesList: true },
  startedRefresh: {
    runs: [['startRefresh', 'start-refresh']],
    waits: { 'start-refresh': 8 },
    apiRequests: 1,
    polledMessages: 2,
    outBytes: 2_000,
  },
  listRead: { runs: [['listRead', 'get-contacts']], apiRequests: 1, readsList: true },
  callback: {
    runs: [
      ['receiveCallback', 'receive-callback'],
      ['processCallback', 'process-callback'],
      ['forwardCallback', 'forward-callback'],
    ],
    waits: { 'forward-callback': botS },
    apiRequests: 1,
    polledMessages: 4,
    outBytes: 2_000,
  },
} as const satisfies Readonly<Record<keyof typeof units, Beside>>;

/** One of a thing that happens, without what waiting for GeWe costs. `ids`: of the list that it is about. */
export function costOfOne(thing: keyof typeof units, ids: number, stack: Stack): Partial<Parts> {
  const one: Units = units[thing];
  const { runs = [], waits = {}, apiRequests = 0, polledMessages = 0, ...rest }: Beside = beside[thing];
  const packedBytes = ids * packedBytesPerId;
  const listReadUnits = rest.readsList ? Math.ceil(packedBytes / 4096) / 2 : 0;
  const listWriteUnits = rest.writesList ? Math.ceil(packedBytes / 1024) : 0;
  const readBytes = rest.readsList && apiRequests > 0 ? packedBytes : 0;
  const gbS = runs.reduce(
    (total, [doing, name]) =>
      total + (billedS(doing, name, stack) + (waits[name] ?? 0)) * stack.memoryGb(name),
    // The part of a device in a run that begins many.
    thing === 'scheduledRefresh'
      ? billedS('startDevice', 'start-due', stack) * stack.memoryGb('start-due')
      : 0,
  );
  return {
    lambdaOther: gbS * prices.lambdaGbSecond + runs.length * prices.lambdaRequest,
    dynamodbWrites: (one.writeUnits + listWriteUnits) * prices.writeUnit,
    dynamodbReads: (one.readUnits + listReadUnits) * prices.readUnit,
    sqs: (one.sqsRequests + polledMessages) * prices.sqsRequest,
    events: one.events * prices.customEvent,
    logs: logUsd(one.logBytes + one.logLines * lineOverheadBytes + runs.length * platformLogBytes),
    api: apiRequests * prices.apiRequest,
    storage: one.s3Puts * prices.s3Put + one.s3Gets * prices.s3Get,
    transfer: (((rest.outBytes ?? 0) + readBytes) / gb) * prices.transferGb,
  };
}

/** How long a function takes for a thing, in seconds. */
export function billedS(doing: keyof typeof durations, name: string, stack: Stack): number {
  const { cpuMs, calls } = durations[doing];
  const cpus = Math.min(1, (stack.memoryGb(name) * 1024) / memoryMbOfCpu);
  return (cpuMs / cpus + calls * awsCallMs) / 1000;
}

function logUsd(bytes: number): number {
  return (bytes / gb) * (prices.logGb + prices.logGbMonth);
}

function times(count: number, parts: Partial<Parts>): Partial<Parts> {
  return sum([parts], count);
}

function sum(all: readonly Partial<Parts>[], factor = 1): Parts {
  const of = (part: Part) => all.reduce((total, parts) => total + (parts[part] ?? 0), 0) * factor;
  return {
    fixed: of('fixed'),
    lambdaWaiting: of('lambdaWaiting'),
    lambdaOther: of('lambdaOther'),
    dynamodbWrites: of('dynamodbWrites'),
    dynamodbReads: of('dynamodbReads'),
    sqs: of('sqs'),
    events: of('events'),
    logs: of('logs'),
    metrics: of('metrics'),
    api: of('api'),
    storage: of('storage'),
    transfer: of('transfer'),
  };
}

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

export interface Month {
  readonly totalUsd: number;
  /** What the stack costs when nobody uses it, which the total includes. */
  readonly fixedUsd: number;
  /** In US dollars; together they are the total. */
  readonly parts: Readonly<Record<Part, number>>;
  /** What the total assumes. */
  readonly maxListCalls: number;
  readonly runs: RunUse;
  /** Of DynamoDB, for one refresh on average. */
  readonly writeUnitsPerRefresh: number;
}

export type Part =
  | 'fixed'
  | 'lambdaWaiting'
  | 'lambdaOther'
  | 'dynamodbWrites'
  | 'dynamodbReads'
  | 'sqs'
  | 'events'
  | 'logs'
  | 'metrics'
  | 'api'
  | 'storage'
  | 'transfer';

/** `LEASE_S` / 3, by default. */
const renewalS = 10;
/** What a refresh takes beside GeWe's answer: the record's reads and writes, and the list's processing. */
const besideListS = 0.3;
/** A run looks for work this long before it ends; a new one takes a moment to start. */
const runTailS = 1.5;
/** Run time 900 s, less the longest list call and its settling (functions/fetch-contacts.ts). */
const runTakesForS = 640;
const callsPerRun = 50;
/** The schedule leaves a tenth of a run to callers. */
const scheduleSlotsPerRun = 45;
const defaultMaxListCalls = 100;
/** Lambda's pollers of a queue, each of which waits 20 s for a message. */
const pollersPerQueue = 5;
const pollS = 20;
/** A run that has room asks both queues, and waits a second at one. */
const asksPerS = 3;
/** Messages that SQS gives at once. */
const messagesPerReceive = 10;
/** How long a bot takes to answer a callback. */
const botS = 0.2;
/** What CloudWatch adds to each line of a log. */
const lineOverheadBytes = 26;
/** A request to GeWe with its headers; a callback with its headers. */
const listCallBytes = 1_000;
const callbackBytes = 2_000;
const gb = 1024 ** 3;

/** The list calls that have to be allowed at once: what is open on average, a quarter more, and the callers' tenth. */
export function neededListCalls({ devices, everyS, listS }: Use): number {
  const open = meanOpen({ devices, everyS, refreshS: listS + besideListS });
  const runs = Math.ceil((open * 1.25) / scheduleSlotsPerRun);
  return Math.max(defaultMaxListCalls, runs * callsPerRun);
}

/** Throws an error for a person when `maxListCalls` is too small for the devices. */
export function costOfMonth(use: Use, stack: Stack): Month {
  const { devices, everyS, listS, changedShare, ids } = use;
  const maxListCalls = use.maxListCalls ?? neededListCalls(use);
  const runCount = Math.max(2, Math.ceil(maxListCalls / callsPerRun));
  const perRun = Math.max(1, Math.floor(maxListCalls / runCount));
  const slots = perRun === 1 ? 1 : perRun - Math.ceil(perRun / 10);
  const runs = simulateRuns(
    { devices, everyS, refreshS: listS + besideListS },
    { runs: runCount, slots, takesForS: runTakesForS, tailS: runTailS },
  );
  if (runs === undefined) {
    const needed = neededListCalls(use);
    throw new Error(`MAX_LIST_CALLS=${maxListCalls} is too small for these devices: ${needed} is enough`);
  }

  const refreshes = (devices * monthS) / everyS;
  const changes = refreshes * changedShare;
  const renewals = Math.floor(listS / renewalS) * refreshes;
  const dailies = (perDay: number) => (devices * perDay * monthS) / 86_400;
  const reads = dailies(use.readsPerDay);
  const callbacks = dailies(use.callbacksPerDay);
  const packedBytes = ids * packedBytesPerId;
  const times: readonly (readonly [number, Units])[] = [
    [refreshes, units.scheduledRefresh],
    [renewals, units.renewal],
    [changes, units.change],
    [reads, units.listRead],
    [callbacks, units.callback],
  ];
  const all = (unit: keyof Units) => times.reduce((sum, [count, one]) => sum + count * one[unit], 0);

  const readPacked = Math.ceil(packedBytes / 4096) / 2;
  const writeUnits = all('writeUnits') + changes * Math.ceil(packedBytes / 1024);
  const readUnits = all('readUnits') + (changes + reads) * readPacked;
  const receives = refreshes / messagesPerReceive + runs.askingRuns * asksPerS * monthS;
  const runsStarted = runs.runsStarted * monthS;
  const otherGbS =
    refreshes * gbSOf('startDevice', 'start-due', stack) +
    reads * gbSOf('listRead', 'get-contacts', stack) +
    callbacks *
      (gbSOf('receiveCallback', 'receive-callback', stack) +
        gbSOf('processCallback', 'process-callback', stack) +
        gbSOf('forwardCallback', 'forward-callback', stack) +
        botS * stack.memoryGb('forward-callback'));
  const invocations = reads + 3 * callbacks;
  const logBytes =
    all('logBytes') + all('logLines') * lineOverheadBytes + (invocations + runsStarted) * platformLogBytes;
  const hoursWithRefreshes = Math.min(1, (devices * 3600) / everyS);
  const metrics =
    metricsWritten.schedule * hoursWithRefreshes +
    (use.readsPerDay > 0 ? metricsWritten.reads : 0) +
    (use.callbacksPerDay > 0 ? metricsWritten.callbacks : 0);
  const storedBytes = devices * (2 * packedBytes + 2_500 + (24 * 3600 * 500) / everyS);
  const outBytes = refreshes * listCallBytes + reads * packedBytes + callbacks * callbackBytes;

  const fixedUsd = idleMonth(stack);
  const parts = {
    fixed: fixedUsd,
    lambdaWaiting:
      runs.aliveRuns * monthS * stack.memoryGb('fetch-contacts') * prices.lambdaGbSecond +
      runsStarted * prices.lambdaRequest,
    lambdaOther: otherGbS * prices.lambdaGbSecond + invocations * prices.lambdaRequest,
    dynamodbWrites: writeUnits * prices.writeUnit,
    dynamodbReads: readUnits * prices.readUnit,
    sqs: (all('sqsRequests') + receives) * prices.sqsRequest,
    events: all('events') * prices.customEvent,
    logs: (logBytes / gb) * (prices.logGb + prices.logGbMonth),
    metrics: metrics * prices.metricMonth,
    api: (reads + callbacks) * prices.apiRequest,
    storage: (storedBytes / gb) * (prices.tableGbMonth + prices.pointInTimeGbMonth),
    transfer: (outBytes / gb) * prices.transferGb,
  };
  return {
    totalUsd: Object.values(parts).reduce((sum, part) => sum + part, 0),
    fixedUsd,
    parts,
    maxListCalls,
    runs,
    writeUnitsPerRefresh: refreshes === 0 ? 0 : writeUnits / refreshes,
  };
}

/** What the stack costs in a month in which nothing happens: nobody calls, no device is subscribed. */
export function idleMonth(stack: Stack): number {
  const minutes = (monthS / 3600) * stack.scheduledRunsPerHour;
  const { readUnits, sqsRequests, logLines, logBytes } = units.idleMinute;
  const logged = logBytes + logLines * lineOverheadBytes + platformLogBytes;
  const aMinute =
    readUnits * prices.readUnit +
    sqsRequests * prices.sqsRequest +
    (logged / gb) * (prices.logGb + prices.logGbMonth) +
    gbSOf('idleMinute', 'start-due', stack) * prices.lambdaGbSecond +
    prices.lambdaRequest;
  return (
    stack.alarms * prices.alarmMonth +
    stack.paidDashboards * prices.dashboardMonth +
    stack.secrets * prices.secretMonth +
    stack.polledQueues * pollersPerQueue * (monthS / pollS) * prices.sqsRequest +
    minutes * aMinute
  );
}

/** What Lambda bills of a thing that a function does, in GB-seconds. */
function gbSOf(thing: keyof typeof durations, name: string, stack: Stack): number {
  return billedS(thing, name, stack) * stack.memoryGb(name);
}

/** How long a function takes for a thing, in seconds. */
export function billedS(thing: keyof typeof durations, name: string, stack: Stack): number {
  const { cpuMs, calls } = durations[thing];
  const cpus = Math.min(1, (stack.memoryGb(name) * 1024) / memoryMbOfCpu);
  return (cpuMs / cpus + calls * awsCallMs) / 1000;
}

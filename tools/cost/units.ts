/** What AWS bills of one thing that happens, beside the time that functions run. */
export interface Units {
  /** DynamoDB's, of the table and its index. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** SQS's, but for what Lambda's own poller does, and for receiving, which is a matter of time. */
  readonly sqsRequests: number;
  readonly events: number;
  readonly s3Puts: number;
  readonly s3Gets: number;
  /** Lines of the log, and their bytes. */
  readonly logLines: number;
  readonly logBytes: number;
}

const none: Units = {
  writeUnits: 0,
  readUnits: 0,
  sqsRequests: 0,
  events: 0,
  s3Puts: 0,
  s3Gets: 0,
  logLines: 0,
  logBytes: 0,
};

/** Measured on the functions themselves by tests/service/cost-units.test.ts, which fails when they differ from what stands here. */
export const units = {
  /** A minute of the schedule in which nothing is due. */
  idleMinute: { ...none, readUnits: 2, sqsRequests: 1, logLines: 1, logBytes: 98 },
  /** A refresh of the schedule, from the index to its end, with nine others; the list is the stored one. It took no renewal. */
  scheduledRefresh: {
    ...none,
    writeUnits: 6,
    readUnits: 2,
    sqsRequests: 1.3,
    logLines: 5.2,
    logBytes: 1_260,
  },
  /** One renewal of its lease, every third of `LEASE_S`. */
  renewal: { ...none, writeUnits: 1 },
  /** What a list that has changed adds, beside reading the stored one and writing the new one. */
  change: { ...none, writeUnits: 2, events: 1 },
  /** A refresh that a caller starts and waits for, unchanged. */
  startedRefresh: { ...none, writeUnits: 4, readUnits: 4, sqsRequests: 3, logLines: 8, logBytes: 1_770 },
  /** A read of the stored list, beside the list itself. */
  listRead: { ...none, readUnits: 1, logLines: 2, logBytes: 334 },
  /** A callback of a subscribed device that changes nothing: received, processed and forwarded. */
  callback: { ...none, readUnits: 3, sqsRequests: 4, logLines: 5, logBytes: 1_140 },
} as const satisfies Readonly<Record<string, Units>>;

/** Of a stored list, packed, for each id of it. */
export const packedBytesPerId = 10.8;

/** Metrics of our own that are written when refreshes of the schedule succeed; those that reads and callbacks add. */
export const metricsWritten = { schedule: 5, reads: 1, callbacks: 2 } as const;

/** Lambda's own lines of an invocation in the log: START, END and REPORT. */
export const platformLogBytes = 400;

/**
 * The time that functions take beside waiting for GeWe or a bot, per thing: CPU time of a whole core, and calls to AWS that follow one
 * another. Measured once, on a machine of 2026 with lists of 1,000 ids: no test may depend on a machine's speed.
 */
export const durations = {
  idleMinute: { cpuMs: 5, calls: 2 },
  /** The part of one device in a run of start-due, which begins many side by side: its calls wait at the same time. */
  startDevice: { cpuMs: 1, calls: 0 },
  /** The part of one refresh in a run of fetch-contacts: nothing that is billed beside the wait, unless it uses up the CPU. */
  refresh: { cpuMs: 8, calls: 0 },
  startRefresh: { cpuMs: 8, calls: 4 },
  listRead: { cpuMs: 4, calls: 2 },
  receiveCallback: { cpuMs: 4, calls: 2 },
  processCallback: { cpuMs: 6, calls: 4 },
  forwardCallback: { cpuMs: 5, calls: 2 },
} as const;

/** A call to DynamoDB or SQS in the same region. */
export const awsCallMs = 8;

/** Lambda gives a whole CPU with this memory, and less in proportion. */
export const memoryMbOfCpu = 1769;

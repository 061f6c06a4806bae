import { bunchMsOf } from '../../lib/refresh/schedule-rules.ts';

/** The schedule of so many devices, evenly spread over their period. */
export interface Load {
  readonly devices: number;
  readonly everyS: number;
  /** From the claim of a refresh to its end. */
  readonly refreshS: number;
}

/** How the runs of fetch-contacts are cut (infra/list-calls.cjs). */
export interface RunLimits {
  readonly runs: number;
  /** Refreshes of the schedule that one run works on at the same time. */
  readonly slots: number;
  /** How long after its start a run still takes a refresh. */
  readonly takesForS: number;
  /** How long a run goes on looking for work when it has none. */
  readonly tailS: number;
}

/** What the runs do, in a month's average second. */
export interface RunUse {
  /** Runs that are alive: what Lambda bills. */
  readonly aliveRuns: number;
  /** Of these, those with a free slot, which ask for messages. */
  readonly askingRuns: number;
  readonly runsStarted: number;
  /** The longest time that a refresh waits in the queue, in s. */
  readonly longestWaitS: number;
  readonly mostRuns: number;
}

/** Due devices are begun together, at whole multiples of this many seconds. */
export function beginEveryS(everyS: number): number {
  return bunchMsOf(everyS * 1000) / 1000;
}

/** List calls that are open on average. */
export function meanOpen({ devices, everyS, refreshS }: Load): number {
  return (devices / everyS) * refreshS;
}

interface Run {
  readonly bornAtS: number;
  open: number;
  /** Refreshes that were begun together: when they end, and how many. */
  readonly cohorts: { readonly endsAtS: number; readonly count: number }[];
  /** When it gives up, once it has no work. */
  idleUntilS: number;
}

/** No simulation is longer: a period that fits no grid is cut there. */
const longestS = 35 * 86_400;

/**
 * Plays the schedule against the runs: what is due in one bunch goes first to runs that are alive and have room, then to new ones, the rest
 * waits for a free slot. The first period is left out of the figures. Undefined when the runs cannot keep up.
 */
export function simulateRuns(load: Load, limits: RunLimits): RunUse | undefined {
  const { devices, everyS, refreshS } = load;
  if (meanOpen(load) > limits.runs * limits.slots) return undefined;
  const gridS = beginEveryS(everyS);
  // Whole periods and whole steps of the grid, so that the bunches repeat.
  const cycleS = Math.min(longestS, (everyS * gridS) / greatestDivisor(everyS, gridS));
  const fromS = cycleS;
  const untilS = fromS + cycleS;
  const dueBefore = (atS: number) => Math.floor((devices * atS) / everyS);

  const waiting: { readonly sinceS: number; count: number }[] = [];
  let runs: Run[] = [];
  const sum = { aliveS: 0, askingS: 0, started: 0, longestWaitS: 0, most: 0 };
  const inLine = () => waiting.reduce((total, { count }) => total + count, 0);
  let inLineBefore = 0;
  const within = (startS: number, endS: number) =>
    Math.max(0, Math.min(endS, untilS) - Math.max(startS, fromS));

  const take = (run: Run, nowS: number) => {
    if (nowS > run.bornAtS + limits.takesForS) return;
    for (let room = limits.slots - run.open; room > 0; ) {
      const [first] = waiting;
      if (first === undefined) return;
      const count = Math.min(room, first.count);
      if (count === first.count) waiting.shift();
      else first.count -= count;
      if (nowS >= fromS) sum.longestWaitS = Math.max(sum.longestWaitS, nowS - first.sinceS);
      run.cohorts.push({ endsAtS: nowS + refreshS, count });
      run.open += count;
      room -= count;
    }
  };

  let bunchAtS = gridS;
  for (let nowS = 0; nowS < untilS; ) {
    const nextS = Math.min(bunchAtS, ...runs.map((run) => run.cohorts[0]?.endsAtS ?? run.idleUntilS));
    for (const run of runs) {
      sum.aliveS += within(nowS, nextS);
      if (run.open < limits.slots) sum.askingS += within(nowS, nextS);
    }
    nowS = nextS;
    for (const run of runs) {
      for (let [first] = run.cohorts; first !== undefined && first.endsAtS <= nowS; [first] = run.cohorts) {
        run.open -= first.count;
        run.cohorts.shift();
        run.idleUntilS = nowS + limits.tailS;
      }
    }
    if (nowS === bunchAtS) {
      if (nowS === fromS) inLineBefore = inLine();
      const count = dueBefore(nowS) - dueBefore(nowS - gridS);
      if (count > 0) waiting.push({ sinceS: nowS, count });
      bunchAtS += gridS;
    }
    for (const run of runs) take(run, nowS);
    runs = runs.filter((run) => run.open > 0 || run.idleUntilS > nowS);
    while (waiting.length > 0 && runs.length < limits.runs) {
      const run: Run = { bornAtS: nowS, open: 0, cohorts: [], idleUntilS: 0 };
      take(run, nowS);
      runs.push(run);
      if (nowS >= fromS) sum.started += 1;
    }
    if (nowS >= fromS) sum.most = Math.max(sum.most, runs.length);
  }
  // The line has grown by more than what has just joined it: it never ends.
  if (inLine() > inLineBefore + (devices * gridS) / everyS + 1) return undefined;
  return {
    aliveRuns: sum.aliveS / cycleS,
    askingRuns: sum.askingS / cycleS,
    runsStarted: sum.started / cycleS,
    longestWaitS: sum.longestWaitS,
    mostRuns: sum.most,
  };
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

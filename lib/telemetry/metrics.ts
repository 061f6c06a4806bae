import { failureClasses } from '../device/failures.ts';
import {
  callbackEffects,
  chatroomOutcomes,
  dropReasons,
  dueOutcomes,
  forwardOutcomes,
  listRejections,
} from '../device/telemetry.ts';
import { toStdout } from './log.ts';

// Every metric of our own, stated once: the functions write these, the tests hold infra/watch.yml to them. CloudWatch
// bills each combination of a name and its dimensions' values in the hours in which it is written, so there are few,
// all of closed sets, and nothing is written when nothing happens.

export const namespace = 'gewe-contacts';

/** `Seconds` and `Milliseconds` are CloudWatch's own names (MetricDatum). */
interface MetricTraits {
  readonly unit: 'Count' | 'Seconds' | 'Milliseconds';
  /** The dimension that splits it, besides the stage. */
  readonly by?: keyof typeof dimensionValues;
}

/** All that a dimension can say. */
export const dimensionValues = {
  Outcome: ['succeeded', ...failureClasses],
  Operation: ['list', 'cached'],
  Reason: listRejections,
  DueOutcome: dueOutcomes,
  Effect: callbackEffects,
  DropReason: dropReasons,
  ForwardOutcome: forwardOutcomes,
  ChatroomOutcome: chatroomOutcomes,
} as const;

export const metrics = {
  /** Refreshes that ended, by what became of them. */
  RefreshesEnded: { unit: 'Count', by: 'Outcome' },
  /** From its start to its end, of a refresh that succeeded. */
  RefreshDurationS: { unit: 'Seconds' },
  /** How old a list is when it is served: the time since the call to GeWe that gave it began. */
  ListAgeS: { unit: 'Seconds' },
  /** 1 for a refresh that failed at GeWe, 0 for one that succeeded: the average is the share of failures. */
  UpstreamFailures: { unit: 'Count' },
  UpstreamDurationMs: { unit: 'Milliseconds', by: 'Operation' },
  StartsBegun: { unit: 'Count' },
  /** Starts that made no refresh, because one was under way or had just ended. */
  StartsJoined: { unit: 'Count' },
  /** Answers of GeWe that were not taken. */
  ListsRejected: { unit: 'Count', by: 'Reason' },
  DeadLetters: { unit: 'Count' },
  /** The GeWe-compatible API answers faults with HTTP 200, which the gateway's 5xx does not count. */
  RequestsFailed: { unit: 'Count' },
  /** Devices that the schedule took up. */
  DueDevices: { unit: 'Count', by: 'DueOutcome' },
  CallbacksHandled: { unit: 'Count', by: 'Effect' },
  /** Events that asked for a refresh and could not be understood, or named no subscription. */
  EventsDropped: { unit: 'Count', by: 'DropReason' },
  ForwardAttempts: { unit: 'Count', by: 'ForwardOutcome' },
  /** Calls to GeWe about a chatroom. */
  ChatroomCalls: { unit: 'Count', by: 'ChatroomOutcome' },
} as const satisfies Readonly<Record<string, MetricTraits>>;

export type MetricName = keyof typeof metrics;

/** The values of the dimension that splits a metric; none when it has no such dimension. */
type By<Name extends MetricName> = (typeof metrics)[Name] extends {
  readonly by: infer Dimension extends keyof typeof dimensionValues;
}
  ? { readonly [Key in Dimension]: (typeof dimensionValues)[Key][number] }
  : Readonly<Record<string, never>>;

/** The dimensions that a metric is written with, in CloudWatch's order. */
export function dimensionsOf(name: MetricName): readonly string[] {
  const traits: MetricTraits = metrics[name];
  return traits.by === undefined ? ['Stage'] : ['Stage', traits.by];
}

/** For log queries, beside the metric: words of closed sets, and numbers. */
export interface Notes {
  readonly upstreamOutcome?: string | undefined;
  readonly httpStatus?: number | undefined;
}

export type Count = <Name extends MetricName>(name: Name, value: number, by: By<Name>, notes?: Notes) => void;

/**
 * Metrics as lines of the log in CloudWatch's embedded metric format, which costs a function no call and no right.
 * A writer of our own for the reason that there is a log of our own. It does not heed `LOG_LEVEL`: a service that is
 * silent is still watched. `stage` undefined: nothing is written.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(
  stage: string | undefined,
  now: () => number,
  write: (line: string) => void = toStdout,
): Count {
  if (stage === undefined) return () => undefined;
  return (name, value, by, { upstreamOutcome, httpStatus } = {}) => {
    const directive = {
      Namespace: namespace,
      Dimensions: [dimensionsOf(name)],
      Metrics: [{ Name: name, Unit: metrics[name].unit }],
    };
    const line = {
      _aws: { Timestamp: now(), CloudWatchMetrics: [directive] },
      Stage: stage,
      ...by,
      [name]: value,
      upstreamOutcome,
      httpStatus,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}

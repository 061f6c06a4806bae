import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { QueueUnavailable, StoreUnavailable } from '../device/ports.ts';
import type { Telemetry } from '../device/telemetry.ts';
import type { Log } from '../telemetry/log.ts';
import { type Answer, faultAnswer } from './answer.ts';
import { type GatewayEvent, type GatewayResult, toRequest, toResult } from './api-gateway.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** What a function does with a request. The signal aborts a second before the function's time is up. */
export type Serve = (request: HttpRequest, signal: AbortSignal) => Promise<Answer>;

/** Where a function reports how each request went. */
export interface Report {
  readonly log: Log;
  readonly telemetry: Pick<Telemetry, 'requestFailed'>;
}

/** Time left to answer when a request takes too long. */
const timeoutEarlyInMillis = 1_000;

/**
 * The one middleware stack of all HTTP functions. Its order: middy runs `onError` from the last attached to the
 * first, so the log, attached after the mapper, sees the error before it becomes an answer, and every answer last.
 */
export function httpHandler(serve: Serve, report: Report) {
  return middy<GatewayEvent, GatewayResult, Error, Context>(
    async (event: GatewayEvent, _context: Context, { signal }: { signal: AbortSignal }) =>
      toResult(await serve(toRequest(event), signal)),
    { timeoutEarlyInMillis, timeoutEarlyResponse: onTimeout },
  )
    .use(errorsToAnswers())
    .use(requestLog(report));
}

function onTimeout(): never {
  throw new Fault('unavailable', [], { cause: new Error('the function ran out of time') });
}

function errorsToAnswers() {
  return {
    onError: (failed: { event: GatewayEvent; error: Error | null; response: GatewayResult | null }) => {
      failed.response ??= toResult(faultAnswer(faultOf(failed.error), toRequest(failed.event).surface));
    },
  };
}

function faultOf(error: Error | null): Fault {
  if (error instanceof Fault) return error;
  const unavailable = error instanceof StoreUnavailable || error instanceof QueueUnavailable;
  return new Fault(unavailable ? 'unavailable' : 'internal-error');
}

function requestLog({ log, telemetry }: Report) {
  return {
    after: ({ event, response }: { event: GatewayEvent; response: GatewayResult | null }) => {
      log.info('request answered', { route: event.routeKey, status: response?.statusCode ?? 0 });
    },
    onError: ({ event, error }: { event: GatewayEvent; error: Error | null }) => {
      const fault = faultOf(error);
      const fields = { route: event.routeKey, code: fault.code };
      if (fault.code === 'internal-error' || fault.code === 'unavailable') {
        telemetry.requestFailed();
        log.error('request failed', fields, error instanceof Fault ? error.cause : error);
      } else {
        log.info('request rejected', fields);
      }
    },
  };
}

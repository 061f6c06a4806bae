import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { isAppId } from '../../lib/contract/validators.generated.js';
import { BoundedMap } from '../../lib/device/bounded-map.ts';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import type { Telemetry } from '../../lib/device/telemetry.ts';
import { parseCallback } from '../../lib/gewe/callback-wire.ts';
import { toRequest } from '../../lib/http/api-gateway.ts';
import type { HttpRequest } from '../../lib/http/request.ts';
import { type LogLevel, logLevels } from '../../lib/settings/user-settings.ts';
import type { Invoke } from './functions.ts';
import type { GatewayWatch, WireAnswer } from './gateway.ts';

// What people see of a running stack: a short line for each call and each step, in the order in which they happen. The
// functions' own log knows devices by their keys alone; here they are named by the appId that callers sent, which is
// remembered from their requests. No token and no body is shown.

export interface Console {
  /** A line of the stack itself. */
  say(line: string): void;
  /** Says nothing from now on: what is cut off by stopping looks like an error and is none. */
  mute(): void;
  /** Lets the functions' lines and calls tell which device they are about. */
  watching(invoke: Invoke): Invoke;
  readonly gateway: GatewayWatch;
  /** Takes the lines of the functions' log and metrics. */
  write(line: string): void;
  observe(telemetry: Telemetry): Telemetry;
  /** Puts the appId in the place of each device's key. */
  named(text: string): string;
}

/** A call that takes longer is shown when it begins, too. */
const shownBeginAfterMs = 500;
/** Larger answers are not looked into. */
const maxLookedIntoBytes = 1_000_000;
const maxNames = 10_000;

/** What is going on while a function runs. `device`: as people know it; absent when the function is not about one. */
interface Scene {
  readonly device?: string;
  /** A worker's run, whose list calls tell their outcomes themselves. */
  readonly isWork?: boolean;
}

/**
 * `format`: `json` shows the functions' log and metrics as they are, and no calls. `level`: as `LOG_LEVEL`.
 * `geweUrl`: calls to it are shown. `print` gets each line, without its end.
 */
export function createConsole(options: {
  readonly format: 'text' | 'json';
  readonly level: LogLevel;
  readonly geweUrl: string;
  readonly print: (line: string) => void;
}): Console {
  const { format, level, geweUrl, print } = options;
  const names = new BoundedMap<string>(maxNames);
  const scenes = new AsyncLocalStorage<Scene>();
  let muted = false;

  const say = (line: string) => {
    if (!muted) print(line);
  };
  const isShown = (of: LogLevel) => logLevels.indexOf(of) >= logLevels.indexOf(level);
  /** One of the short lines. */
  const tell = (line: string) => {
    if (format === 'text' && isShown('INFO')) say(line);
  };
  const nameOf = (deviceKey: string) => names.get(deviceKey) ?? `device ${deviceKey.slice(0, 6)}…`;
  const here = () => {
    const device = scenes.getStore()?.device;
    return device === undefined ? '' : ` ${device}`;
  };
  const named = (text: string) => text.replace(/\b[\w-]{43}(?![\w-])(?!\.)/g, (key) => names.get(key) ?? key);

  function sceneOfRequest(event: APIGatewayProxyEventV2): Scene {
    const request = toRequest(event);
    const appId = appIdOf(request);
    if (appId === undefined) return {};
    const token = request.header('x-gewe-token')?.trim();
    if (token) names.set(deviceKeyOf(token, appId), appId);
    return { device: appId };
  }

  function sceneOf(event: object): Scene {
    if (isRequest(event)) return sceneOfRequest(event);
    if (!isBatch(event)) return {};
    const { deviceKey } = membersOf(() => event.Records[0]?.body ?? '');
    return { isWork: true, ...(typeof deviceKey === 'string' && { device: nameOf(deviceKey) }) };
  }

  watchCalls(geweUrl, (path) => {
    const what = `GeWe: ${operationOf(path)}${here()}`;
    tell(`${what} …`);
    const beganAtMs = Date.now();
    return (how) => {
      const isTold = scenes.getStore()?.isWork && /fetchContactsList(?:Cache)?$/.test(path);
      if (!isTold) tell(`${what} → ${how} ${tookOf(Date.now() - beganAtMs)}`);
    };
  });

  return {
    say,
    mute() {
      muted = true;
    },
    watching: (invoke) => (called, event) =>
      scenes.run(sceneOf(event), async () => {
        const result = await invoke(called, event);
        if (result.kind === 'crashed' && isShown('ERROR')) {
          const { stack = result.reason } = Object(result.error);
          say(`ERROR: ${called.key} failed${here()}\n  ${stack.replaceAll('\n', '\n  ')}`);
        }
        return result;
      }),
    gateway: {
      begun(event) {
        const beganAtMs = Date.now();
        const what = callOf(toRequest(event));
        const callback = callbackIn(event);
        if (callback) tell(`callback${callback}`);
        const timer = setTimeout(() => tell(`${what} …`), shownBeginAfterMs);
        return (answer) => {
          clearTimeout(timer);
          tell(`${what} → ${answer.statusCode}${summaryOf(answer)} ${tookOf(Date.now() - beganAtMs)}`);
        };
      },
      refused: (method, path, statusCode) =>
        tell(`${method} ${plain(path)} → ${statusCode} (by the gateway)`),
    },
    write(line) {
      const text = line.trimEnd();
      if (format === 'json') say(text);
      else for (const shown of recordLines(text, nameOf)) say(shown);
    },
    observe: (telemetry) => ({
      ...telemetry,
      started(how) {
        telemetry.started(how);
        const words = {
          begun: 'queued',
          joined: 'joined the one under way',
          recent: 'served from the last one',
        };
        tell(`refresh${here()}: ${words[how]}`);
      },
      ended(refresh) {
        telemetry.ended(refresh);
        const { status, error, result, createdAtMs, endedAtMs } = refresh;
        const what = result ? `, +${result.added} −${result.removed}` : `, ${error ?? 'unknown'}`;
        tell(`refresh${here()}: ${status}${what} (${tookOf(endedAtMs - createdAtMs)})`);
      },
      called(call) {
        telemetry.called(call);
        const operation = call.operation === 'list' ? 'fetchContactsList' : 'fetchContactsListCache';
        tell(`GeWe: ${operation}${here()} → ${call.outcome} ${tookOf(call.durationMs)}`);
      },
      callbackHandled(effect) {
        telemetry.callbackHandled(effect);
        if (effect !== 'none') tell(`callback handled: ${effect}`);
      },
      forwardAttempted(outcome) {
        telemetry.forwardAttempted(outcome);
        tell(`forward: ${outcome}`);
      },
      roomInfoFetched(outcome) {
        telemetry.roomInfoFetched(outcome);
        tell(`room${here()}: ${outcome}`);
      },
      due(how, count) {
        telemetry.due(how, count);
        tell(`schedule: ${how}${count === undefined || count === 1 ? '' : ` ${count} devices`}`);
      },
    }),
    named,
  };
}

function isRequest(event: object): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event;
}

function isBatch(event: object): event is SQSEvent {
  return 'Records' in event;
}

/** Of the JSON object in a text; none when it holds no such object, or cannot be had. */
function membersOf(text: () => string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text()));
  } catch {
    return {};
  }
}

function appIdOf({ surface, pathParameters, body }: HttpRequest): string | undefined {
  const bytes = body();
  const isInBody = surface === 'gewe' && bytes.byteLength < maxLookedIntoBytes;
  const sent = isInBody ? membersOf(() => Buffer.from(bytes).toString()).appId : pathParameters.appId;
  // Whatever has another form may be anything.
  return isAppId(sent) ? sent : undefined;
}

/** Such as `POST fetchContactsList wx_demo`. */
function callOf(request: HttpRequest): string {
  const { method, path, surface } = request;
  if (surface !== 'gewe') {
    // Whoever knows the rest of this path can send callbacks.
    return `${method} ${plain(path.replace(/^(\/v1\/callbacks\/).+/, '$1…'))}`;
  }
  const appId = appIdOf(request);
  return `${method} ${operationOf(path)}${appId === undefined ? '' : ` ${appId}`}`;
}

/** The name of an operation of GeWe, with its group unless that is `contacts`. */
function operationOf(path: string): string {
  return plain(path.replace(/^.*\/v2\/api\//, '').replace(/^contacts\//, ''));
}

/** On one line, whatever was sent. */
function plain(text: string): string {
  return text.replace(/[^\x21-\x7e…]/g, '?').slice(0, 120);
}

function tookOf(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** What an answer says in its body, in brackets; empty when that is nothing to tell. */
function summaryOf({ headers, body }: WireAnswer): string {
  if (body.byteLength > maxLookedIntoBytes) return '';
  const isGzip = Object.values(headers).includes('gzip');
  const { ret, data, type, status } = membersOf(() => (isGzip ? gunzipSync(body) : body).toString('utf8'));
  if (typeof ret !== 'number') {
    const told = typeof type === 'string' ? type.replace(/^.*:/, '') : status;
    return typeof told === 'string' ? ` (${plain(told)})` : '';
  }
  const { friends, chatrooms, ghs, code } = Object(data);
  if (typeof code === 'string') return ` (ret ${ret}, ${plain(code)})`;
  const parts = [friends, chatrooms, ghs].filter(Array.isArray);
  return parts.length < 3 ? ` (ret ${ret})` : ` (ret ${ret}, ${parts.flat().length} contacts)`;
}

/** Of which device a callback is, and what it says; undefined when the request is no callback. */
function callbackIn({ routeKey, body = '', isBase64Encoded }: APIGatewayProxyEventV2): string | undefined {
  if (routeKey !== 'POST /v1/callbacks/{callbackId}') return undefined;
  const event = parseCallback(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
  const device = 'appId' in event && isAppId(event.appId) ? ` ${event.appId}` : '';
  const more = 'room' in event ? 'room ' : '';
  const what =
    'change' in event ? `contact ${event.change}` : 'presence' in event ? event.presence : event.kind;
  return `${device}: ${more}${what}`;
}

/** What is shown of a line of the functions' log: warnings and errors, these with their stacks. */
function recordLines(line: string, nameOf: (deviceKey: string) => string): readonly string[] {
  const {
    level,
    message,
    timestamp: _at,
    thrown,
    deviceKey,
    _aws: metric,
    ...fields
  } = membersOf(() => line);
  // Somebody asked for metrics.
  if (metric !== undefined) return [line];
  if (level === 'INFO') return [];
  const about = typeof deviceKey === 'string' ? ` ${nameOf(deviceKey)}` : '';
  const more = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  return [`${String(level)}: ${String(message)}${about}${more.join('')}`, ...stackLines(thrown)];
}

function stackLines(thrown: unknown): readonly string[] {
  const chain: unknown[] = Array.isArray(thrown) ? thrown : [];
  return chain.flatMap((error, index) => {
    const { name, message, stack } = Object(error);
    const frames: unknown[] = Array.isArray(stack) ? stack : [];
    const text = [name, message].filter((part) => part !== undefined).join(': ');
    return [`  ${index === 0 ? '' : 'caused by '}${text}`, ...frames.map((frame) => `    ${String(frame)}`)];
  });
}

/**
 * Tells `begun` of each request that this process sends to GeWe, with its path; what that returns is told how it ended. Both run
 * in the context of who sent it. `node:http` and `fetch` publish what they do on channels of their own.
 */
function watchCalls(geweUrl: string, begun: (path: string) => (how: string) => void): void {
  const { origin } = new URL(geweUrl);
  const underWay = new WeakMap<object, (how: string) => void>();
  const statuses = new WeakMap<object, number | undefined>();
  const on = (channels: readonly string[], take: (message: ChannelMessage) => void) => {
    for (const channel of channels) subscribe(channel, (message) => take(Object(message)));
  };
  on(['http.client.request.start', 'undici:request:create'], ({ request }) => {
    const { protocol, path } = request;
    const sentTo = request.origin ?? `${protocol}//${String(request.getHeader?.('host'))}`;
    if (URL.parse(sentTo)?.origin === origin) underWay.set(request, AsyncLocalStorage.bind(begun(path)));
  });
  on(['undici:request:headers', 'http.client.response.finish'], ({ request, response }) => {
    statuses.set(request, response?.statusCode);
  });
  const ends = ['http.client.response.finish', 'undici:request:trailers'];
  on([...ends, 'http.client.request.error', 'undici:request:error'], ({ request, error }) => {
    underWay.get(request)?.(error?.message ?? String(statuses.get(request)));
    underWay.delete(request);
  });
}

/** What is used of the messages on those channels. */
interface ChannelMessage {
  readonly request: Pick<ClientRequest, 'path'> &
    Partial<Pick<ClientRequest, 'protocol' | 'getHeader'> & { readonly origin: string }>;
  readonly response?: Pick<IncomingMessage, 'statusCode'>;
  readonly error?: Error;
}

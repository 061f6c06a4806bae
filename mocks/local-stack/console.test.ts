import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deviceKeyOf } from '../../lib/device/keys.ts';
import { eventOf as gatewayEventOf } from '../../lib/http/api-gateway.test-data.ts';
import { createMetricsTelemetry } from '../../lib/telemetry/metrics-telemetry.ts';
import { type Listening, listenOnLoopback } from '../loopback.ts';
import { type Console, createConsole } from './console.ts';
import type { Invocation } from './functions.ts';
import type { WireAnswer } from './gateway.ts';
import type { FunctionConfig } from './serverless-config.ts';

const token = 'canary-token';
const called: FunctionConfig = {
  key: 'f',
  name: 'f',
  timeoutS: 1,
  routes: [],
  queues: [],
  schedules: [],
  rules: [],
  maxRetries: 0,
  allowsLoops: false,
};
const done: Invocation = { kind: 'answered', payload: null };

let gewe: Listening;
let lines: string[];
let shown: Console;
beforeAll(async () => {
  gewe = await listenOnLoopback(createServer((_request, response) => response.end('{}')));
  const geweUrl = `${gewe.url}/gewe/v2/api`;
  const print = (line: string) => lines.push(line.replace(/\d+(?:\.\d)? m?s\b/, 'N ms'));
  shown = createConsole({ format: 'text', level: 'INFO', geweUrl, print });
});
afterAll(() => gewe.close());
beforeEach(() => {
  lines = [];
});

/** A request with a token. */
const eventOf = (route: string, body?: string) =>
  gatewayEventOf({
    routeKey: route,
    rawPath: route.slice(route.indexOf('/')),
    headers: { 'x-gewe-token': token },
    ...(body !== undefined && { body }),
  });

const answerOf = (body: unknown, statusCode = 200): WireAnswer => ({
  statusCode,
  headers: {},
  cookies: [],
  body: Buffer.from(JSON.stringify(body)),
});

/** What is shown of a call, when all is said. */
function callShown(event: APIGatewayProxyEventV2, answer: WireAnswer): readonly string[] {
  shown.gateway.begun(event)(answer);
  return lines;
}

const list = { ret: 200, msg: '', data: { friends: ['a', 'b'], chatrooms: ['c'], ghs: [] } };
const listPath = '/gewe/v2/api/contacts/fetchContactsList';

describe('a call', () => {
  it('is one line: method, operation, the appId as it was sent, and what came of it', () => {
    const event = eventOf(`POST ${listPath}`, '{"appId":"wx_demo"}');
    expect(callShown(event, answerOf(list))).toEqual([
      'POST fetchContactsList wx_demo → 200 (ret 200, 3 contacts) N ms',
    ]);
  });

  it('is looked into when its answer is in gzip', () => {
    const packed = { ...answerOf(list), headers: { 'Content-Encoding': 'gzip' } };
    const event = eventOf('GET /v1/devices/wx_demo/contacts');
    expect(callShown(event, { ...packed, body: gzipSync(packed.body) })).toEqual([
      'GET /v1/devices/wx_demo/contacts → 200 (ret 200, 3 contacts) N ms',
    ]);
  });

  it.each([
    [
      eventOf(`POST ${listPath}`, '{'),
      answerOf({ ret: 500, data: { code: 'invalid-json' } }),
      'POST fetchContactsList → 200 (ret 500, invalid-json) N ms',
    ],
    [
      eventOf('POST /v2/api/message/postText', '{}'),
      answerOf({ ret: 200 }),
      'POST message/postText → 200 (ret 200) N ms',
    ],
    [
      eventOf('GET /v1/x'),
      answerOf({ type: 'urn:problem-type:gewe-contacts:not-found' }, 404),
      'GET /v1/x → 404 (not-found) N ms',
    ],
    [
      eventOf('POST /v1/devices/a/contacts/refreshes'),
      answerOf({ status: 'queued' }, 202),
      'POST /v1/devices/a/contacts/refreshes → 202 (queued) N ms',
    ],
    [eventOf('GET /v1/\u001b[31m\n'), answerOf('x'), 'GET /v1/?[31m? → 200 N ms'],
    [eventOf('POST /v1/callbacks/canary-id'), answerOf({}), 'POST /v1/callbacks/… → 200 N ms'],
  ])('shows what matters of it, on one line', (event, answer, line) => {
    expect(callShown(event, answer)).toEqual([line]);
  });

  it('that the gateway refuses is shown, too', () => {
    shown.gateway.refused('GET', '/%zz', 400);
    expect(lines).toEqual(['GET /%zz → 400 (by the gateway)']);
  });
});

it('a callback is shown with its device and what it says', () => {
  const body = JSON.stringify({ TypeName: 'Offline', Appid: 'wx_demo' });
  callShown(eventOf('POST /v1/callbacks/{callbackId}', body), answerOf({ ret: 200 }));
  expect(lines).toEqual(['callback wx_demo: offline', 'POST /v1/callbacks/… → 200 (ret 200) N ms']);
});

describe('what a function does', () => {
  const telemetry = () => shown.observe(createMetricsTelemetry(() => undefined, { now: () => 0 }));
  const ended = { id: '1', trigger: 'api', createdAtMs: 0, endedAtMs: 3_200, attempt: 1 } as const;
  const messageOf = (appId: string) => ({
    Records: [{ body: JSON.stringify({ kind: 'step', deviceKey: deviceKeyOf(token, appId) }) }],
  });

  it('is about the device that its caller named, also when a message is all that it knows', async () => {
    const invoke = shown.watching(async () => {
      telemetry().started('begun');
      return done;
    });
    await invoke(called, eventOf(`POST ${listPath}`, '{"appId":"wx_named"}'));
    const work = shown.watching(async () => {
      telemetry().called({ operation: 'list', durationMs: 3_100, outcome: 'list' });
      const result = { counts: { friends: 1, chatrooms: 0, ghs: 0 }, added: 2, removed: 1 };
      telemetry().ended({ ...ended, status: 'succeeded', result });
      telemetry().ended({ ...ended, status: 'failed', error: 'upstream-error' });
      return done;
    });
    await work(called, messageOf('wx_named'));
    expect(lines).toEqual([
      'refresh wx_named: queued',
      'GeWe: fetchContactsList wx_named → list N ms',
      'refresh wx_named: succeeded, +2 −1 (N ms)',
      'refresh wx_named: failed, upstream-error (N ms)',
    ]);
    lines = [];
    await work(called, messageOf('wx_unheard_of'));
    expect(lines[0]).toMatch(/^GeWe: fetchContactsList device [\w-]{6}… → list N ms$/);
  });

  it.each(['node:http', 'fetch'])(
    'is shown when it asks GeWe with %s: when that begins, and how it ends',
    async (how) => {
      const call = async (url: string) => {
        if (how === 'fetch') {
          await (await fetch(url, { method: 'POST' })).text();
          return;
        }
        const [answer] = await once(request(url, { method: 'POST' }).end(), 'response');
        await once(answer.resume(), 'end');
      };
      const invoke = shown.watching(async () => {
        await call(`${gewe.url}/gewe/v2/api/group/getChatroomInfo`);
        await call(`${gewe.url.replace('127.0.0.1', 'localhost')}/elsewhere`);
        return done;
      });
      await invoke(called, eventOf('POST /v2/api/a/b', '{"appId":"wx_demo"}'));
      expect(lines).toEqual([
        'GeWe: group/getChatroomInfo wx_demo …',
        'GeWe: group/getChatroomInfo wx_demo → 200 N ms',
      ]);
    },
  );
});

it('a function that crashes is shown with its stack', async () => {
  const error = new Error('boom');
  const invoke = shown.watching(async () => ({ kind: 'crashed', reason: String(error), error }));
  await invoke(called, { Records: [] });
  expect(lines.join('\n')).toMatch(/^ERROR: f failed\n {2}Error: boom\n {6}at /);
});

describe('a line of the log', () => {
  const record = { level: 'ERROR', message: 'request failed', timestamp: '', route: 'GET /x' };
  const thrown = [
    { name: 'Error', message: 'no store', stack: ['at a (a.ts:1:1)'] },
    { name: 'TypeError', message: 'no socket' },
  ];

  it('is shown when it is an error: with its device, its fields and its stack', () => {
    shown.gateway.begun(eventOf(`POST ${listPath}`, '{"appId":"wx_demo"}'));
    const deviceKey = deviceKeyOf(token, 'wx_demo');
    shown.write(`${JSON.stringify({ ...record, deviceKey, thrown })}\n`);
    expect(lines.slice(-4)).toEqual([
      expect.stringMatching(/^ERROR: request failed \S.* route=GET \/x$/),
      '  Error: no store',
      '    at a (a.ts:1:1)',
      '  caused by TypeError: no socket',
    ]);
  });

  it('is left out when a call has said it already', () => {
    shown.write(`${JSON.stringify({ ...record, level: 'INFO' })}\n`);
    expect(lines).toEqual([]);
  });

  it('is all that is shown in JSON, as it is', () => {
    const printed: string[] = [];
    const print = (line: string) => printed.push(line);
    const json = createConsole({ format: 'json', level: 'INFO', geweUrl: 'http://x', print });
    json.write(`${JSON.stringify(record)}\n`);
    json.gateway.begun(eventOf('GET /x'))(answerOf({}));
    expect(printed).toEqual([JSON.stringify(record)]);
  });
});

it('nothing is shown of calls below the level, and nothing at all once it is muted', () => {
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  const quiet = createConsole({ format: 'text', level: 'WARN', geweUrl: 'http://x', print });
  quiet.gateway.begun(eventOf('GET /x'))(answerOf({}));
  expect(printed).toEqual([]);
  quiet.say('stopping');
  quiet.mute();
  quiet.say('more');
  quiet.write(JSON.stringify({ level: 'ERROR', message: 'cut off' }));
  expect(printed).toEqual(['stopping']);
});

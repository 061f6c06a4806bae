import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts, leftOvers, type NpmStart, npmStart, type Ports } from './npm-start.ts';
import { callsOf } from './readme-calls.ts';

// `npm start` for real, four times over the same data, as somebody has it who follows the README.

const readmeAddress = 'localhost:3000';
const calls = callsOf(readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8'));

let dataDir: string;
let ports: Ports;
let running: NpmStart | undefined;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'gewe-contacts-smoke-'));
  ports = await freePorts();
});
afterAll(async () => {
  await running?.end('SIGKILL', 'group');
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Promise<NpmStart> {
  const texts = Object.entries(ports).map(([name, port]) => [name, String(port)]);
  running = await npmStart({ ...Object.fromEntries(texts), LOCAL_DATA_DIR: dataDir, ...env }, args);
  return running;
}

/** Ends it, and tells what is left of it. */
async function stop(signal: NodeJS.Signals, to: 'npm' | 'group'): Promise<readonly string[]> {
  await running?.end(signal, to);
  running = undefined;
  return leftOvers(ports, dataDir);
}

/** Makes the process of the functions leave a promise to itself that fails, when `/stray` is asked for. */
const strayPromise = `
  import { subscribe } from 'node:diagnostics_channel';
  subscribe('http.server.request.start', ({ request }) => {
    if (request.url === '/stray') Promise.reject(new Error('a stray promise'));
  });`;
const withStray = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(strayPromise)}` };

const api = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${ports.PORT}${path}`, init);

/** An operation of GeWe's own surface. */
async function gewe(operation: string, token = 't', headers: Record<string, string> = {}) {
  const response = await api(`/gewe/v2/api/contacts/${operation}`, {
    method: 'POST',
    headers: { 'X-GEWE-TOKEN': token, 'content-type': 'application/json', ...headers },
    body: '{"appId":"wx_demo"}',
  });
  const { ret, data } = JSON.parse(await response.text());
  const counts = data?.friends ? [data.friends.length, data.chatrooms.length, data.ghs.length] : undefined;
  return { status: response.status, ret, counts };
}

/** The example of GeWe's documentation. */
const seedCounts = [29, 5, 5];

describe('npm start', () => {
  it('says what runs where and what to try', async () => {
    const { output } = await start(withStray);
    for (const port of [
      ports.PORT,
      ports.PRISM_PORT,
      ports.DYNAMODB_PORT,
      ports.SQS_PORT,
      ports.EVENTS_PORT,
    ]) {
      expect(output()).toContain(`127.0.0.1:${port}`);
    }
    expect(callsOf(`\`\`\`\n${output()}\n\`\`\`\n`)).toHaveLength(3);
  });

  it.each(calls)('answers the README: $line', async ({ method, url, headers, body }) => {
    expect(url).toContain(readmeAddress);
    const here = url.replace(readmeAddress, `127.0.0.1:${ports.PORT}`);
    const response = await fetch(here, { method, headers, ...(body !== undefined && { body }) });
    expect([200, 201, 202, 204]).toContain(response.status);
    const answer = JSON.parse((await response.text()) || '{}');
    if ('ret' in answer) expect(answer).toMatchObject({ ret: 200, data: {} });
  });

  it('survives what nobody should send', async () => {
    const path = '/gewe/v2/api/contacts/fetchContactsList';
    const json = { 'content-type': 'application/json', 'X-GEWE-TOKEN': 't' };
    for (const body of ['', '{', '0', 'null', '[]', '{"appId":5}', 'x'.repeat(5_000_000)]) {
      const response = await api(path, { method: 'POST', headers: json, body });
      expect([response.status, JSON.parse(await response.text()).ret]).toEqual([200, 500]);
    }
    for (const size of [8_000_000, 20_000_000]) {
      const response = await api(path, { method: 'POST', headers: json, body: 'x'.repeat(size) });
      expect([response.status, await response.json()]).toEqual([
        413,
        { message: 'Request Entity Too Large' },
      ]);
    }
    const unreadable = await api('/v1/devices/%zz/contacts', { headers: json });
    expect([unreadable.status, await unreadable.json()]).toEqual([400, { message: 'Bad Request' }]);
    for (const wrong of ['/', '/v1/devices/wx_demo/%2e%2e']) {
      const response = await api(wrong, { headers: json });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
    expect((await api('/v1/devices/wx_demo/contacts', { method: 'PUT', headers: json })).status).toBe(405);
    expect((await gewe('fetchContactsListCache')).ret).toBe(200);
  });

  it.each([
    ['that stops in the middle', 'Content-Length: 50'],
    ['that is announced far too large', 'Content-Length: 99999999999'],
    ['whose chunks never end', 'Transfer-Encoding: chunked'],
  ])('answers a body %s', async (_what, header) => {
    const socket = connect(Number(ports.PORT), '127.0.0.1');
    const path = '/v1/devices/wx_demo/contacts/refreshes';
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nX-GEWE-TOKEN: t\r\n${header}\r\n\r\n5\r\n{}`);
    const [answer]: Buffer[] = await once(socket, 'data');
    socket.destroy();
    expect(answer?.toString()).toMatch(/^HTTP\/1.1 4\d\d .*application\/json.*\{"message":/is);
  });

  it('writes no token to its output or its data, whatever becomes of the call', async () => {
    const canary = 'canary-0b5e7a-token';
    expect((await gewe('fetchContactsList', canary)).ret).toBe(200);
    await api('/v1/devices/wx_demo/contacts/refreshes/x', { headers: { 'X-GEWE-TOKEN': canary } });
    await api('/v1/devices/wx_demo', { method: 'DELETE', headers: { 'X-GEWE-TOKEN': canary } });
    // The calls are shown, by the device's name.
    expect(running?.output()).toMatch(
      /^POST fetchContactsList wx_demo → 200 \(ret 200, 39 contacts\) [\d.]+ m?s$/m,
    );
    expect(running?.output()).toMatch(/^GeWe: fetchContactsList wx_demo …$/m);
    expect(running?.output()).toMatch(/^refresh wx_demo: succeeded, \+39 −0 \([\d.]+ m?s\)$/m);
    expect(running?.output()).not.toContain('canary');
    const kept = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(kept.length).toBeGreaterThan(0);
    for (const { parentPath, name } of kept) {
      expect(readFileSync(join(parentPath, name)).includes('canary'), name).toBe(false);
    }
  });

  it('passes conditional requests and gzip through', async () => {
    const headers = { 'X-GEWE-TOKEN': 't' };
    const first = await api('/v1/devices/wx_demo/contacts', { headers });
    const etag = first.headers.get('etag') ?? '';
    expect(first.headers.get('content-encoding')).toBe('gzip');
    const second = await api('/v1/devices/wx_demo/contacts', {
      headers: { ...headers, 'if-none-match': etag },
    });
    expect([second.status, second.headers.get('etag')]).toEqual([304, etag]);
  });

  it('shows a promise that a function leaves to itself and that fails, and goes on', async () => {
    await api('/stray');
    expect((await gewe('fetchContactsListCache')).ret).toBe(200);
    expect(running?.output()).toMatch(/^unhandledRejection: Error: a stray promise\n +at /m);
  });

  it('refuses a second one on the same ports in one line', async () => {
    await expect(npmStart({ PORT: String(ports.PORT), LOCAL_DATA_DIR: dataDir })).rejects.toThrow(
      `port ${ports.PORT} of the API is taken (set PORT)`,
    );
  });

  it('refuses a second one on the same data in one line', async () => {
    const others = Object.entries(await freePorts()).map(([name, port]) => [name, String(port)]);
    await expect(npmStart({ ...Object.fromEntries(others), LOCAL_DATA_DIR: dataDir })).rejects.toThrow(
      `${dataDir} is in use by another npm start`,
    );
  });

  it('ends with Ctrl-C, leaves nothing behind, and shows nothing that looks like an error', async () => {
    const { output } = running ?? { output: () => '' };
    const before = output().length;
    expect(await stop('SIGINT', 'group')).toEqual([]);
    expect(output().slice(before).trim()).toBe('Stopping …');
  });

  it('serves what is stored when GeWe cannot be reached', async () => {
    const { output } = await start({
      GEWE_BASE_URL: 'http://127.0.0.1:9',
      MIN_REFRESH_INTERVAL_S: '0',
      RETRY_DELAYS_S: '3',
      LEASE_S: '6',
    });
    // Nobody is told to send a real GeWe the token `t`.
    expect(output()).toContain('<your GeWe token>');
    expect(output()).not.toMatch(/TOKEN: t'|wx_demo/);
    expect(await gewe('fetchContactsListCache')).toEqual({ status: 200, ret: 200, counts: seedCounts });
    expect(await gewe('fetchContactsListCache', 'another')).toEqual({ status: 200, ret: 200 });
  });

  it('leaves nothing behind when it is killed while a refresh is under way', async () => {
    expect((await gewe('fetchContactsList', 't', { prefer: 'respond-async' })).ret).toBe(202);
    expect(await stop('SIGKILL', 'group')).toEqual([]);
  });

  it('serves what is stored after that, and goes on with the refresh: its message has been kept', async () => {
    await start({ LEASE_S: '6' });
    expect((await gewe('fetchContactsListCache')).counts).toEqual(seedCounts);
    expect(await gewe('fetchContactsList', 't', { prefer: 'wait=20' })).toMatchObject({
      ret: 200,
      counts: seedCounts,
    });
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves nothing behind when npm alone gets a %s',
    async (signal) => {
      if (running === undefined) await start();
      expect(await stop(signal, 'npm')).toEqual([]);
    },
  );
});

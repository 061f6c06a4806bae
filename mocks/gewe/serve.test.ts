import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGeweMock, startGeweMock } from './serve.ts';

let running: RunningGeweMock;
beforeEach(async () => {
  running = await startGeweMock({ port: 0 });
});
afterEach(() => running.close());

const fetchList = (token = 'canary-7f3a') =>
  fetch(`${running.url}/gewe/v2/api/contacts/fetchContactsList`, {
    method: 'POST',
    headers: { 'X-GEWE-TOKEN': token, 'Content-Type': 'application/json' },
    body: '{"appId":"wx_demo"}',
  });
const choose = (body: string) => fetch(`${running.url}/__mock/scenario`, { method: 'POST', body });

/** Sends a request as it stands, and gives all that comes back. */
function exchange(request: string): Promise<string> {
  const socket = connect(running.port, '127.0.0.1');
  socket.write(request);
  return text(socket);
}

describe('the standalone mock', () => {
  it('counts the calls of each device, and tells no token', async () => {
    await fetchList();
    const told = await fetch(`${running.url}/__mock/calls`).then((response) => response.text());
    expect(JSON.parse(told)).toMatchObject([{ bearer: 1, appId: 'wx_demo', listCalls: 1, openListCalls: 0 }]);
    expect(told).not.toContain('canary');
  });

  it('changes its scenario while it runs', async () => {
    const response = await choose('{"scenario":"offline"}');
    expect(await response.json()).toEqual({ scenario: 'offline', seconds: 20 });
    expect(await fetchList().then((answer) => answer.json())).toMatchObject({ data: { msg: '微信已离线' } });
    expect(await choose('{"scenario":"slow","seconds":0}').then((answer) => answer.json())).toEqual({
      scenario: 'slow',
      seconds: 0,
    });
    expect(await fetchList().then((answer) => answer.json())).toMatchObject({ ret: 200 });
  });

  it.each([
    ['{"scenario":"fast"}', 'There is no scenario "fast". There are: normal, slow,'],
    ['{"scenario":"slow","seconds":"x"}', 'seconds must be a number'],
    ['null', 'There is no scenario'],
    ['{', 'The body is no JSON.'],
  ])('says in one line why it cannot choose %s', async (body, why) => {
    const response = await choose(body);
    const line = await response.text();
    expect(response.status).toBe(400);
    expect(line).toContain(why);
    expect(line.trimEnd()).not.toContain('\n');
  });

  it('echoes the token as GeWe does', async () => {
    running.mock.setScenario('token-rejected');
    expect(await fetchList().then((answer) => answer.text())).toContain('X-GEWE-TOKEN=canary-7f3a');
  });

  it('announces the whole of an answer that it cuts in half', async () => {
    running.mock.setScenario('truncated');
    const body = '{"appId":"wx_demo"}';
    const answer = await exchange(
      `POST /v2/api/contacts/fetchContactsList HTTP/1.1\r\nHost: h\r\nX-GEWE-TOKEN: t\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const [head = '', sent = ''] = answer.split('\r\n\r\n');
    const announced = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
    expect(sent).toMatch(/^\{"ret":200/);
    expect(Buffer.byteLength(sent)).toBe(Math.floor(announced / 2));
  });

  it.each([
    ['GET /gewe/v2/api/contacts/fetchContactsList HTTP/1.1', 404],
    ['POST /gewe/v2/api/contacts/fetchContactsList/ HTTP/1.1', 404],
    ['GET / HTTP/1.1', 404],
    ['GET //[ HTTP/1.1', 400],
    ['TRACE / HTTP/1.1', 400],
    ['POST http://api.geweapi.com/v2/api/contacts/fetchContactsList HTTP/1.1', 200],
  ])('answers %s with %i', async (line, status) => {
    const answer = await exchange(`${line}\r\nHost: a b\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('refuses a body that is too long', async () => {
    expect(await choose(' '.repeat(1_100_000)).then((answer) => answer.status)).toBe(400);
  });

  it('stops although a request hangs', async () => {
    running.mock.setScenario('hangs');
    const hanging = fetchList();
    await expect.poll(() => running.mock.state.told(), { interval: 5 }).toMatchObject([{ openListCalls: 1 }]);
    await Promise.all([expect(hanging).rejects.toThrow(), running.close()]);
    await expect(fetchList()).rejects.toThrow();
  });

  it('says in one line that its port is taken', async () => {
    await expect(startGeweMock({ port: running.port })).rejects.toThrow(
      new RegExp(`^Port ${running.port} of 127.0.0.1 is taken: choose another one .*GEWE_MOCK_PORT.$`),
    );
  });
});

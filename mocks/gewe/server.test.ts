import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scenarioNames } from './scenarios.ts';
import { startGeweMock } from './serve.ts';

const script = fileURLToPath(new URL('server.ts', import.meta.url));

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, stdout: text(child.stdout), stderr: text(child.stderr), ended: once(child, 'close') };
}

async function run(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const { stdout, stderr, ended } = start(args, env);
  const [code] = await ended;
  return { code, stdout: await stdout, stderr: await stderr };
}

describe('the command', () => {
  it('explains every scenario', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of scenarioNames) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  });

  it.each([
    [['--scenario', 'fast'], {}, /^There is no scenario "fast". There are: normal, slow, .*\n$/],
    [['--seconds', 'x'], {}, /^seconds must be a number .*\n$/],
    [['--port', '70000'], {}, /^The port must be a number .*\n$/],
    [[], { GEWE_MOCK_PORT: 'x' }, /^The port must be a number .*\n$/],
    [['--colour'], {}, /^Unknown option '--colour'.*\n$/],
  ])('says in one line what is wrong with %j %j', async (args, env, line) => {
    const { code, stdout, stderr } = await run(args, env);
    expect(stderr).toMatch(line);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('says in one line that the port is taken', async () => {
    const other = await startGeweMock({ port: 0 });
    const { code, stderr } = await run([], { GEWE_MOCK_PORT: String(other.port) });
    await other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Port \d+ of 127.0.0.1 is taken: .*\n$/);
  });

  it('serves, and stops at once on SIGINT although a request hangs', async () => {
    const { child, stderr, ended } = start(['--scenario', 'hangs', '--port', '0']);
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    const hanging = fetch(`${url}/v2/api/contacts/fetchContactsList`, {
      method: 'POST',
      headers: { 'X-GEWE-TOKEN': 't' },
      body: '{"appId":"wx_demo"}',
    });
    const calls = () => fetch(`${url}/__mock/calls`).then((response) => response.json());
    await expect.poll(calls, { interval: 20 }).toMatchObject([{ openListCalls: 1 }]);
    child.kill('SIGINT');
    await expect(hanging).rejects.toThrow();
    expect(await ended).toEqual([0, null]);
    expect(await stderr).toBe('');
  });
});

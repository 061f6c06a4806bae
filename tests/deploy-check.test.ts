import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { serverlessScript } from './support/packaged.ts';
import { type ScriptedServer, startScriptedServer } from './support/scripted-server.ts';

// The check stands before everything that `serverless deploy` does: no account is needed to see it refuse.

const home = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Ended {
  readonly status: number;
  readonly said: string;
}

function serverless(command: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const options = {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env.PATH, HOME: home, ...env },
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [serverlessScript, ...command.split(' ')],
      options,
      (error, stdout, stderr) => {
        resolve({ status: Number(error?.code ?? 0), said: stdout + stderr });
      },
    );
  });
}

const noKey = 'SEALING_PUBLIC_KEY is not set: expected a public P-256 JWK with a kid, as JSON';
const noHashes = 'ALLOWED_TOKEN_HASHES is not set: to let anyone in, set it to nothing';

it.each(['deploy', 'deploy --stage dev', 'deploy function --function start-refresh'])(
  'serverless %s stops without a key to seal with',
  async (command) => {
    const { status, said } = await serverless(command);
    expect(status).toBe(1);
    expect(said).toContain(`Wrong settings: ${noKey} (docs/deploy.md)`);
  },
);

it.each(['deploy --stage prod', 'package --stage prod', 'package --stage any-other'])(
  'serverless %s demands that somebody decided whose tokens may be used, too',
  async (command) => {
    const { status, said } = await serverless(command);
    expect(status).toBe(1);
    expect(said).toContain(`Wrong settings: ${noKey}; ${noHashes} (docs/deploy.md)`);
  },
);

it('serverless package stops at more settings than the environment of a function can hold', async () => {
  const hashes = Array.from({ length: 60 }, (_, index) => String(index).padStart(64, '0')).join();
  const { status, said } = await serverless('package', { ALLOWED_TOKEN_HASHES: hashes });
  expect(status).toBe(1);
  expect(said).toMatch(
    /Wrong settings: the environment of [\w-]+ would have \d+ bytes, and AWS takes 4096: shorten ALLOWED_TOKEN_HASHES/,
  );
});

describe('serverless deploy asks Lambda what the account allows, and', () => {
  let aws: ScriptedServer;
  let account: NodeJS.ProcessEnv;
  beforeAll(async () => {
    aws = await startScriptedServer();
    account = {
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SEALING_PUBLIC_KEY: JSON.stringify((await newSealingKey()).publicKey),
    };
  });
  afterAll(() => aws.close());

  /** An account of 10; whatever else is asked of AWS is refused. */
  const accountOf10 = JSON.stringify({
    AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
  });
  const answering = (settings: string | undefined) =>
    aws.play((response, { url }) => {
      const isKnown = settings !== undefined && url.endsWith('/account-settings');
      response.writeHead(isKnown ? 200 : 403, { 'content-type': 'application/json' });
      response.end(isKnown ? settings : '{"message":"not yours"}');
    });

  it('stops, before anything is made, at what the account has no room for', async () => {
    answering(accountOf10);
    const { status, said } = await serverless('deploy', {
      ...account,
      CALLBACK_CONCURRENCY: '4',
      WAITING_CONCURRENCY: '1',
    });
    expect(status).toBe(1);
    expect(said).toContain(
      'This account may run 10 functions at once: ' +
        'WAITING_CONCURRENCY reserves 3 for its functions together and leaves 7 unreserved, but AWS keeps 10: lower it or unset it; ' +
        'the queues may use 10 of the 10 unreserved, and 2 must be left for requests: ' +
        'lower MAX_LIST_CALLS, CALLBACK_CONCURRENCY or FORWARD_CONCURRENCY; or request a higher quota (docs/deploy.md)',
    );
    const actions = aws.received.flatMap(({ body }) => /\bAction=\w+/.exec(String(body)) ?? []);
    expect(actions.filter((action) => action !== 'Action=GetCallerIdentity')).toEqual([]);
  });

  // What was packaged is deployed: it fails at the next call, which this account refuses.
  const deployPackaged = () => serverless(`deploy --package ${inject('packagedIn').dev}`, account);

  it('goes on where all fits', async () => {
    answering(accountOf10);
    const { said } = await deployPackaged();
    expect(said).not.toContain('This account');
    expect(said).not.toContain('was not checked');
    expect(aws.received.length).toBeGreaterThan(1);
  });

  it('goes on with a note where nobody may ask', async () => {
    answering(undefined);
    const { said } = await deployPackaged();
    expect(said).toContain('What the account allows was not checked: lambda:GetAccountSettings failed');
    expect(aws.received.length).toBeGreaterThan(1);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { serverlessScript } from './support/packaged.ts';

// The check stands before everything that `serverless deploy` does: no account is needed to see it refuse.

const home = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

function serverless(command: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [serverlessScript, ...command.split(' ')], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env.PATH, HOME: home },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

const noKey = 'SEALING_PUBLIC_KEY is not set: expected a public P-256 JWK with a kid, as JSON';
const noHashes = 'ALLOWED_TOKEN_HASHES is not set: to let anyone in, set it to nothing';

it.each(['deploy', 'deploy --stage dev', 'deploy function --function start-refresh'])(
  'serverless %s stops without a key to seal with',
  (command) => {
    const { status, said } = serverless(command);
    expect(status).toBe(1);
    expect(said).toContain(`Wrong settings: ${noKey} (docs/deploy.md)`);
  },
);

it.each(['deploy --stage prod', 'package --stage prod', 'package --stage any-other'])(
  'serverless %s demands that somebody decided whose tokens may be used, too',
  (command) => {
    const { status, said } = serverless(command);
    expect(status).toBe(1);
    expect(said).toContain(`Wrong settings: ${noKey}; ${noHashes} (docs/deploy.md)`);
  },
);

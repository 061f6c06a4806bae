import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PublicJwk, parseKeyring, parsePublicJwk } from '../lib/sealing/jwk.ts';
import { cachedKeyring } from '../lib/sealing/keyring.ts';
import { createOpener, createSealer } from '../lib/sealing/token-sealing.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
  file = join(folder, 'keyring.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const script = join(import.meta.dirname, 'sealing-key.ts');
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

/** The public key that a command printed, and nothing else. */
function printed(...args: readonly string[]): PublicJwk {
  const { stdout, stderr, status } = run(...args);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const key = parsePublicJwk(stdout);
  if (key === undefined) throw new Error(`no public key: ${stdout}`);
  return key;
}

const secret = { token: 'canary', appId: 'wx_demo' };
const seal = (key: PublicJwk) => createSealer(key).seal(secret, 'device');
const kidsIn = (text: string) => parseKeyring(text)?.map(({ kid }) => kid);
const kids = () => kidsIn(readFileSync(file, 'utf8'));

it('prints a public key and the keyring that opens what it sealed', async () => {
  const [publicKey = '', keyring = ''] = run().stdout.split('\n');
  const key = parsePublicJwk(publicKey);
  if (key === undefined) throw new Error('no public key');
  const opener = createOpener(cachedKeyring(async () => keyring, { now: () => 0 }));
  expect(await opener.open(await seal(key), 'device')).toEqual(secret);
});

it('says where the halves go', () => {
  expect(run('--help').stdout).toContain('SEALING_PUBLIC_KEY');
});

describe('a keyring in a file', () => {
  it('is written for its owner alone, and its public key printed, then and later', () => {
    const key = printed('--out', file);
    expect(kids()).toEqual([key.kid]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(printed('--public', file)).toEqual(key);
  });

  it('is rotated with an overlap: a worker that goes on running opens old and new until the old is retired', async () => {
    const oldKey = printed('--out', file);
    let nowMs = 0;
    // The secret, as it was last put in.
    let text = readFileSync(file, 'utf8');
    const opener = createOpener(cachedKeyring(async () => text, { now: () => nowMs }));
    const sealedBefore = await seal(oldKey);
    expect(await opener.open(sealedBefore, 'device')).toEqual(secret);

    const newKey = printed('--add', file);
    expect(kids()).toEqual([newKey.kid, oldKey.kid]);
    text = readFileSync(file, 'utf8');
    expect(await opener.open(await seal(newKey), 'device')).toEqual(secret);
    expect(await opener.open(sealedBefore, 'device')).toEqual(secret);
    // The starter may go on with the old public key until it is deployed anew.
    expect(await opener.open(await seal(oldKey), 'device')).toEqual(secret);

    expect(printed('--retire', file)).toEqual(newKey);
    expect(kids()).toEqual([newKey.kid]);
    text = readFileSync(file, 'utf8');
    nowMs = 5 * 60_000;
    expect(await opener.open(await seal(newKey), 'device')).toEqual(secret);
    await expect(opener.open(sealedBefore, 'device')).rejects.toThrow('the key');
  });

  it('is never overwritten by a new one', () => {
    const key = printed('--out', file);
    expect(run('--out', file)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `${file} is there already.\n`,
    });
    expect(kids()).toEqual([key.kid]);
  });

  it.each(['--add', '--retire', '--public'])('is left as it is when it is none (%s)', (option) => {
    writeFileSync(file, '{"canary":1}');
    const { status, stdout, stderr } = run(option, file);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is not {"keys"');
    expect(stderr).not.toContain('canary');
    expect(readFileSync(file, 'utf8')).toBe('{"canary":1}');
  });

  it('is made by one command at a time', () => {
    expect(run('--out', file, '--add', file)).toMatchObject({ status: 1, stdout: '' });
    expect(existsSync(file)).toBe(false);
  });
});

import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';

// What a call pays for that is only passed on: what the bundle evaluates when it is loaded.

const root = join(import.meta.dirname, '..');
const entry = 'functions/pass-through.ts';
let inputs: Metafile['inputs'];
beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
  });
  inputs = metafile.inputs;
});

/** All that is reached from a file, itself included, without (or with) what is loaded when it is needed. */
function reached(withDynamic: boolean): string[] {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const { path, kind } of inputs[file]?.imports ?? []) {
      if (withDynamic || kind !== 'dynamic-import') seen.add(path);
    }
  }
  return [...seen];
}

const forEffects =
  /node_modules\/(?:@aws-sdk|@smithy|jose|ipaddr\.js)\/|^lib\/(?:aws|webhook)\/|^lib\/sealing\/(?!jwk\.ts$)|^functions\/(?!pass-through\.ts$)/;

describe('functions/pass-through.ts', () => {
  it('loads no SDK, no store, no queue and nothing to seal with before a call leads to something', () => {
    expect(reached(false).filter((file) => forEffects.test(file))).toEqual([]);
  });

  it('holds them for the calls that do', () => {
    const all = reached(true);
    for (const part of [
      'client-dynamodb',
      'client-sqs',
      'jose',
      'lib/aws/dynamodb',
      'lib/aws/sqs',
      'lib/sealing/token-sealing.ts',
      'lib/webhook',
    ])
      expect(all.filter((file) => file.includes(part) && forEffects.test(file))).not.toEqual([]);
  });

  it('asks GeWe with node:http alone: neither fetch nor TLS is loaded before it is needed', () => {
    const builtin = reached(false).filter((file) => !file.includes('/'));
    expect(builtin).toContain('node:http');
    expect(builtin.filter((name) => /https|tls|undici/.test(name))).toEqual([]);
  });
});

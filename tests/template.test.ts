import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, inject, it } from 'vitest';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { declaredFunctions } from './declared-functions.ts';
import { readPackaged } from './support/packaged.ts';

// Settings, events and bundles of what would be deployed; what has to hold in every stage stands in template-laws.test.ts.

type Members = Readonly<Record<string, unknown>>;

const root = join(import.meta.dirname, '..');
const packaged = readPackaged('dev', inject('packagedIn').dev);

describe('the packaged template', () => {
  it('runs every function on Node 24, arm64, with a role of its own', () => {
    const all = [...packaged.functions.values()];
    expect([...packaged.functions.keys()].toSorted()).toEqual(declaredFunctions.toSorted());
    for (const properties of all) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    expect(new Set(all.map(({ Role: role }) => JSON.stringify(role))).size).toBe(all.length);
    expect(packaged.ofType('AWS::IAM::Role')).toHaveLength(all.length);
  });

  it('gives every function all its settings', async () => {
    const { publicKey } = await newSealingKey();
    for (const [name, properties] of packaged.functions) {
      const { Environment: environment }: { Environment?: { Variables: Members } } = properties;
      const texts = Object.entries(environment?.Variables ?? {}).map(([key, value]) => [
        key,
        deployed(key, value),
      ]);
      const env = { ...Object.fromEntries(texts), AWS_REGION: 'us-east-1' };
      if ('SEALING_PUBLIC_KEY' in env) env.SEALING_PUBLIC_KEY = JSON.stringify(publicKey);
      const load = `await import('./functions/${name}.ts')`;
      expect(() =>
        execFileSync(process.execPath, ['-e', load], { cwd: root, env, stdio: 'pipe' }),
      ).not.toThrow();
    }
  });

  it('lets a start-refresh that has no key to seal with say so, and not start', () => {
    const { SEALING_PUBLIC_KEY: packagedKey } = Object(
      packaged.functions.get('start-refresh')?.Environment,
    ).Variables;
    const env = {
      AWS_REGION: 'us-east-1',
      TABLE_NAME: 'contacts',
      QUEUE_URL: 'https://queue.example/',
      SEALING_PUBLIC_KEY: packagedKey,
    };
    const load = "await import('./functions/start-refresh.ts')";
    expect(() =>
      execFileSync(process.execPath, ['-e', load], { cwd: root, env, stdio: 'pipe', encoding: 'utf8' }),
    ).toThrow('ConfigError: Wrong settings: SEALING_PUBLIC_KEY is not set: expected a public P-256 JWK');
  });

  /** Zip bytes at most; what a reader does not need, its bundle does not hold. */
  const zipBudgets: Readonly<Record<string, number>> = {
    'get-contacts': 95_000,
    'get-refresh': 95_000,
    'read-device': 97_000,
    'delete-device': 102_000,
    'start-refresh': 115_000,
    'fetch-contacts': 135_000,
    'refresh-dead-letters': 105_000,
    'not-found': 15_000,
    subscription: 105_000,
    callback: 100_000,
    'pass-through': 142_000,
    'receive-callback': 106_000,
    'start-due': 103_000,
    'on-refresh-event': 98_000,
    'process-callback': 129_000,
    'forward-callback': 130_000,
  };

  it('ships one small file a function', () => {
    const zips = readdirSync(packaged.folder).filter((name) => name.endsWith('.zip'));
    expect(zips.toSorted()).toEqual(declaredFunctions.map((name) => `${name}.zip`).toSorted());
    expect(Object.keys(zipBudgets).toSorted()).toEqual(declaredFunctions.toSorted());
    for (const [name, maxBytes] of Object.entries(zipBudgets)) {
      const { size: bytes } = statSync(join(packaged.folder, `${name}.zip`));
      expect(bytes, name).toBeLessThanOrEqual(maxBytes);
    }
  });

  it.each(['get-contacts', 'get-refresh', 'read-device'])(
    '%s can neither send, seal, open nor call GeWe: it does not even hold the code',
    async (name) => {
      const { metafile } = await build({
        entryPoints: [join(root, 'functions', `${name}.ts`)],
        bundle: true,
        write: false,
        metafile: true,
        platform: 'node',
        mainFields: ['module', 'main'],
      });
      const [output] = Object.values(metafile.outputs);
      const held = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      const foreign =
        /client-sqs|client-eventbridge|client-secrets-manager|\/jose\/|lib\/(?:aws\/(?:sqs\/|s3\/|eventbridge\/|secrets-manager\.)|webhook\/|gewe\/(?!base-url\.ts)|sealing\/(?!jwk\.ts))/;
      expect(held.map(([file]) => file).filter((file) => foreign.test(file))).toEqual([]);
    },
  );
});

/** What CloudFormation makes of a variable's value. */
function deployed(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  return name.endsWith('URL') ? 'https://sqs.us-east-1.amazonaws.com/000000000000/queue' : 'resolved';
}

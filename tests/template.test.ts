import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSealingKey } from '../lib/runtime/sealing-key.ts';

// What `serverless package` makes of serverless.yml, with no account, no login and no network but what it has anyway.

type Members = Record<string, unknown>;
interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Members;
}
interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

const root = join(import.meta.dirname, '..');
let folder: string;
let resources: Record<string, Resource>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-package-'));
  const script = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');
  execFileSync(process.execPath, [script, 'package', '--package', folder], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: folder, LOCAL_BUNDLE_DIR: relative(root, join(folder, 'bundle')) },
    stdio: 'pipe',
  });
  const template: { Resources: Record<string, Resource> } = JSON.parse(
    readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'),
  );
  resources = template.Resources;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** The name of a function in `serverless.yml`, and its resource. */
const functions = () =>
  ofType('AWS::Lambda::Function').map(([, { Properties: properties }]) => ({
    name: String(properties.FunctionName).replace('gewe-contacts-dev-', ''),
    properties,
  }));

describe('the packaged template', () => {
  it('keeps the table when the stack goes, with its past of 35 days, encrypted, and lets items expire', () => {
    expect(resources.ContactsTable).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAtEpochS', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    });
  });

  it('hides a message for longer than the worker may take, and sends it to the dead letters after 10 crashes', () => {
    const worker = functions().find(({ name }) => name === 'fetch-contacts');
    const { VisibilityTimeout: visibilityTimeoutS } = resources.RefreshQueue?.Properties ?? {};
    expect(visibilityTimeoutS).toBeGreaterThan(Number(worker?.properties.Timeout));
    expect(resources.RefreshQueue?.Properties).toMatchObject({ RedrivePolicy: { maxReceiveCount: 10 } });
  });

  it('gives the worker one message at a time, ten at most at once, and asks which failed', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)).toMatchObject([
      {
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      },
      { BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] },
    ]);
  });

  it('runs every function on Node 24, arm64, with a role of its own', () => {
    const all = functions();
    expect(all).toHaveLength(8);
    for (const { properties } of all) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    expect(new Set(all.map(({ properties }) => JSON.stringify(properties.Role))).size).toBe(8);
    expect(ofType('AWS::IAM::Role')).toHaveLength(8);
  });

  it('grants named actions on named resources, and nothing else', () => {
    for (const [, { Properties: role }] of ofType('AWS::IAM::Role')) {
      const { Policies: policies }: { Policies?: { PolicyDocument: { Statement: Statement[] } }[] } = role;
      for (const { Action, Resource } of policies?.flatMap((policy) => policy.PolicyDocument.Statement) ??
        []) {
        expect(JSON.stringify(Action)).not.toContain('*');
        expect(Object.keys(Resource ?? {})).toEqual(['Fn::GetAtt']);
      }
    }
  });

  it('lets the worker alone read the sealing keyring', () => {
    const readers = ofType('AWS::IAM::Role').filter(([, role]) =>
      JSON.stringify(role).includes('secretsmanager'),
    );
    expect(readers.map(([name]) => name)).toEqual(['FetchContactsRole']);
  });

  it('keeps every log for 30 days', () => {
    expect(ofType('AWS::Logs::LogGroup')).toHaveLength(8);
    for (const [, { Properties }] of ofType('AWS::Logs::LogGroup'))
      expect(Properties.RetentionInDays).toBe(30);
  });

  it('gives every function all its settings', async () => {
    const { publicKey } = await newSealingKey();
    for (const { name, properties } of functions()) {
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

  /** Zip bytes at most; what a reader does not need, its bundle does not hold. */
  const zipBudgets: Readonly<Record<string, number>> = {
    'get-contacts': 95_000,
    'get-refresh': 95_000,
    'get-changes': 95_000,
    'delete-device': 100_000,
    'start-refresh': 115_000,
    'fetch-contacts': 125_000,
    'fail-refresh': 100_000,
    'not-found': 15_000,
  };

  it('ships one small file a function', () => {
    const zips = readdirSync(folder).filter((name) => name.endsWith('.zip'));
    expect(zips.toSorted()).toEqual(
      Object.keys(zipBudgets)
        .map((name) => `${name}.zip`)
        .toSorted(),
    );
    for (const [name, maxBytes] of Object.entries(zipBudgets)) {
      const { size: bytes } = statSync(join(folder, `${name}.zip`));
      expect(bytes, name).toBeLessThanOrEqual(maxBytes);
    }
  });

  it.each(['get-contacts', 'get-refresh', 'get-changes'])(
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
      const foreign = /client-sqs|client-secrets-manager|\/jose\/|lib\/(?:sqs|gewe\/client|runtime\/sealing)/;
      expect(held.map(([file]) => file).filter((file) => foreign.test(file))).toEqual([]);
    },
  );
});

/** What CloudFormation makes of a variable's value. */
function deployed(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  return name.endsWith('URL') ? 'https://sqs.us-east-1.amazonaws.com/000000000000/queue' : 'resolved';
}

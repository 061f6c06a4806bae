import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';
import { startScriptedServer } from '../tests/support/scripted-server.ts';

// What a call costs that is passed through, as ratios: against calling GeWe directly, and against a handler that does nothing.
// A fresh process for each variant and round, the order turned every round; medians, with all rounds kept (--out).

const root = join(import.meta.dirname, '..');
const variants = ['empty', 'direct', 'passed'] as const;
type Variant = (typeof variants)[number];

interface Round {
  readonly variant: Variant;
  /** From the start of the script to the end of the first call: loading included. */
  readonly cold: { readonly cpuMs: number; readonly ms: number };
  /** One call of many, one after the other. */
  readonly warm: { readonly us: number; readonly cpuUs: number };
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, out: { type: 'string' } },
});
const rounds = Number(values.rounds);

/** As `serverless.yml` has it bundled. */
async function bundleTo(file: string): Promise<number> {
  const { metafile } = await build({
    entryPoints: [join(root, 'functions/pass-through.ts')],
    outfile: file,
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': join(root, 'lib/aws/credentials.ts') },
  });
  return Object.values(metafile.outputs).reduce((bytes, output) => bytes + output.bytes, 0);
}

const sent = '{"appId":"wx_demo","toWxid":"filehelper","content":"hello"}';
const answer =
  '{"ret":200,"msg":"操作成功","data":{"toWxid":"filehelper","createTime":1703841160,"msgId":0,"newMsgId":3768973957878705021,"type":1}}';

async function run(
  variant: Variant,
  geweUrl: string,
  bundle: string,
  env: NodeJS.ProcessEnv,
): Promise<Round> {
  const script = join(import.meta.dirname, 'call-case.cjs');
  // Lambda's own flag: it turns Node's embedded code cache off.
  const args = ['--expose-gc', script, variant, geweUrl, bundle, sent, answer];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env });
  const measured: Pick<Round, 'cold' | 'warm'> = JSON.parse(stderr);
  return { variant, ...measured };
}

const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-bench-'));
const gewe = await startScriptedServer((response) => {
  response.writeHead(200, { 'Content-Type': 'application/json;charset=UTF-8' }).end(answer);
});
try {
  const bundle = join(folder, 'pass-through.cjs');
  const bundleBytes = await bundleTo(bundle);
  const { publicKey } = await newSealingKey();
  const env = {
    AWS_REGION: 'us-east-1',
    TABLE_NAME: 'gewe-contacts',
    QUEUE_URL: 'http://127.0.0.1:9/queue',
    GEWE_BASE_URL: gewe.url,
    SEALING_PUBLIC_KEY: JSON.stringify(publicKey),
  };
  const done: Round[] = [];
  for (let nth = 0; nth < rounds; nth += 1) {
    for (let turn = 0; turn < variants.length; turn += 1) {
      const variant = variants[(nth + turn) % variants.length];
      if (variant !== undefined) done.push(await run(variant, gewe.url, bundle, env));
    }
  }
  tell(done, bundleBytes);
} finally {
  await gewe.close();
  rmSync(folder, { recursive: true });
}

function median(of: readonly Round[], variant: Variant, figure: (round: Round) => number): number {
  const sorted = of
    .filter((round) => round.variant === variant)
    .map(figure)
    .toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function threeDecimals(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(3)) : value;
}

function tell(done: readonly Round[], bundleBytes: number): void {
  const figures = {
    'cold, CPU ms': (round: Round) => round.cold.cpuMs,
    'cold, ms': (round: Round) => round.cold.ms,
    'warm, CPU µs a call': (round: Round) => round.warm.cpuUs,
    'warm, µs a call': (round: Round) => round.warm.us,
  };
  const rows = Object.entries(figures).map(([what, figure]) => {
    const [empty, direct, passed] = variants.map((variant) => median(done, variant, figure));
    const [e, d, p] = [empty ?? 0, direct ?? 0, passed ?? 0];
    const shown = [e, d, p].map((value) => value.toFixed(1));
    return [what, ...shown, (p / d).toFixed(2), (p / e).toFixed(1), (p - d).toFixed(1)];
  });
  const about = {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    v8: process.versions.v8,
    rounds,
    bundleBytes,
  };
  console.log(`${JSON.stringify(about)}\n`);
  const head = ['median', 'empty', 'direct', 'passed', 'passed/direct', 'passed/empty', 'passed - direct'];
  const table = [head, head.map(() => '---'), ...rows];
  for (const row of table) console.log(`| ${row.join(' | ')} |`);
  const lines = [about, ...done].map((line) => `${JSON.stringify(line, threeDecimals)}\n`);
  if (values.out) writeFileSync(values.out, lines.join(''));
}

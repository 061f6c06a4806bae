import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { typesOf } from './types.ts';
import { validatorsOf, validatorTypes } from './validators.ts';

const usage = `Usage: node tools/contract/generate.ts [--check]

Generates lib/contract/*.generated.* from openapi.yaml.
  --check  writes nothing; exits with 1 and names the files that are stale`;

const root = new URL('../../', import.meta.url);
const specFile = new URL('openapi.yaml', root);
const header = '// Generated from openapi.yaml by tools/contract/generate.ts. Do not edit.\n\n';

/** Paths from the root of the repository, with the text that belongs there. */
async function generated(): Promise<ReadonlyMap<string, string>> {
  const document: unknown = parse(await readFile(specFile, 'utf8'));
  if (typeof document !== 'object' || document === null) throw new Error('openapi.yaml is no mapping');
  return new Map([
    ['lib/contract/types.generated.ts', header + (await typesOf(specFile))],
    ['lib/contract/validators.generated.js', header + (await validatorsOf(document))],
    ['lib/contract/validators.generated.d.ts', header + validatorTypes()],
  ]);
}

async function currentText(path: string): Promise<string | undefined> {
  try {
    return await readFile(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
}

const { check, help } = parseArgs({
  options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
}).values;

if (help) {
  console.log(usage);
} else {
  const stale: string[] = [];
  for (const [path, text] of await generated()) {
    if ((await currentText(path)) === text) continue;
    stale.push(path);
    if (!check) await writeFile(new URL(path, root), text);
  }
  if (check && stale.length > 0) {
    console.error(`${stale.join(', ')}: stale against openapi.yaml; run node tools/contract/generate.ts`);
    process.exitCode = 1;
  } else {
    console.log(stale.length === 0 ? 'lib/contract is up to date' : `wrote ${stale.join(', ')}`);
  }
}

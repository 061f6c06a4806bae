import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The core: what the product does, one room a capability. It knows neither AWS, HTTP nor GeWe's wire. */
const core = ['lib/device/', 'lib/refresh/', 'lib/chatrooms/', 'lib/callbacks/', 'lib/pass-through/'];

/** Which rooms each room may import from, besides itself. The first that a path begins with counts. */
const mayImport: readonly (readonly [room: string, from: readonly string[]])[] = [
  ['functions/', ['lib/']],
  ['lib/device/', []],
  ['lib/refresh/', ['lib/device/']],
  ['lib/chatrooms/', ['lib/device/', 'lib/refresh/']],
  ['lib/callbacks/', ['lib/device/', 'lib/refresh/', 'lib/chatrooms/']],
  ['lib/pass-through/', ['lib/device/', 'lib/callbacks/']],
  ['lib/contract/', []],
  ['lib/http/', [...core, 'lib/contract/', 'lib/telemetry/log.ts']],
  ['lib/gewe/', core],
  ['lib/webhook/', core],
  ['lib/sealing/', core],
  ['lib/system/', core],
  ['lib/telemetry/', [...core, 'lib/settings/', 'lib/system/clock.ts']],
  ['lib/settings/', [...core, 'lib/gewe/base-url.ts', 'lib/sealing/jwk.ts']],
  ['lib/aws/dynamodb/', [...core, 'lib/aws/sdk-options.ts']],
  ['lib/aws/eventbridge/', [...core, 'lib/contract/', 'lib/aws/sdk-options.ts']],
  ['lib/aws/s3/', [...core, 'lib/aws/sdk-options.ts', 'lib/aws/credentials.ts']],
  ['lib/aws/sqs/', [...core, 'lib/telemetry/log.ts', 'lib/aws/sdk-options.ts']],
  ['lib/aws/', []],
];

/** What functions share; no function imports another one. */
const shared = ['functions/wiring.ts', 'functions/pass-through-effects.ts'];

/** The edges to Lambda: what is behind them knows neither its events nor its answers. */
const lambdaEdges = ['lib/http/api-gateway.ts', 'lib/http/stack.ts', 'lib/aws/sqs/serve-queues.ts'];

/** What the core may take from outside: pure functions of Node. */
const pureModules = ['node:crypto'];

const sources = globSync('{functions,lib}/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'),
);

/** Rules are pure: `x-rules.ts`, and what they are about. All else in the core is a use case or a port. */
const isPure = (file: string) =>
  file.endsWith('-rules.ts') ||
  /^lib\/device\/(?:record|keys|failures|policy|contacts|changes)\.ts$/.test(file) ||
  /^lib\/(?:callbacks\/event|pass-through\/call)\.ts$/.test(file);

interface Import {
  readonly path: string;
  readonly isType: boolean;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:^import (type )?|from |import\()\s*(?:[^;'"]*?from\s*)?'([^']+)'/gm)].map(
    ([, type, target = '']) => ({
      path: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
      isType: type !== undefined,
    }),
  );
}

const isOurs = ({ path }: Import) => /^(?:lib|functions|mocks|tests|bench|tools|infra)\//.test(path);

describe('imports go one way', () => {
  it.each(sources)('%s', (file) => {
    const [room, from] = mayImport.find(([path]) => file.startsWith(path)) ?? [];
    expect(room, 'every file stands in a known room').toBeDefined();
    for (const { path } of importsOf(file).filter(isOurs)) {
      const allowed = path.startsWith(room ?? '') || from?.some((prefix) => path.startsWith(prefix));
      expect(allowed, `${file} imports ${path}`).toBe(true);
    }
  });

  it.each(sources.filter((file) => file.startsWith('functions/')))(
    '%s is made of rooms and shared wiring, not of other functions',
    (file) => {
      const others = importsOf(file).filter(({ path }) => path.startsWith('functions/'));
      expect(others.filter(({ path }) => !shared.includes(path))).toEqual([]);
    },
  );

  it('knows events and answers of Lambda at its edges alone', () => {
    const knowing = sources.filter((file) => importsOf(file).some(({ path }) => path === 'aws-lambda'));
    expect(knowing.toSorted()).toEqual(lambdaEdges.toSorted());
  });

  const inCore = sources.filter((file) => core.some((room) => file.startsWith(room)));

  it.each(inCore)('%s takes nothing of the outside', (file) => {
    const outside = importsOf(file).filter((one) => !isOurs(one) && !pureModules.includes(one.path));
    expect(outside).toEqual([]);
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(
      /Date\.now|new Date|process\.|\bfetch\(|setTimeout/,
    );
  });

  it.each(inCore.filter(isPure))(
    '%s is pure: it waits for nobody and takes only what is pure, or types',
    (file) => {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text).not.toMatch(/\bawait (?!\()|Math\.random|randomBytes/);
      const taken = importsOf(file).filter((one) => isOurs(one) && !one.isType && !isPure(one.path));
      expect(taken).toEqual([]);
    },
  );
});

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Which rooms each room may import from, besides itself. The first that a path begins with counts. */
const mayImport: readonly (readonly [room: string, from: readonly string[]])[] = [
  ['functions/compose', ['lib/']],
  [
    'functions/',
    [
      'functions/compose',
      'lib/app/',
      'lib/contract/',
      'lib/domain/',
      'lib/eventbridge/refresh-requested.ts',
      'lib/http/',
      'lib/sqs/callback-messages.ts',
      'lib/sqs/message-parser.ts',
      'lib/sqs/relay-messages.ts',
      'lib/sqs/serve-batch.ts',
    ],
  ],
  ['lib/domain/', []],
  ['lib/app/', ['lib/domain/']],
  ['lib/contract/', []],
  ['lib/http/', ['lib/app/', 'lib/contract/', 'lib/domain/', 'lib/runtime/log.ts']],
  ['lib/gewe/', ['lib/domain/']],
  ['lib/dynamodb/', ['lib/domain/', 'lib/runtime/sdk-options.ts']],
  ['lib/eventbridge/', ['lib/contract/', 'lib/domain/', 'lib/runtime/sdk-options.ts']],
  ['lib/relay/', ['lib/domain/']],
  ['lib/sqs/', ['lib/app/', 'lib/domain/', 'lib/runtime/log.ts', 'lib/runtime/sdk-options.ts']],
  ['lib/runtime/', ['lib/domain/', 'lib/gewe/base-url.ts']],
];

/** What the domain and the use cases may take from outside: pure functions of Node. */
const pureModules = ['node:crypto', 'node:zlib'];

const sources = globSync('{functions,lib}/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => target);
}

describe('imports go one way', () => {
  it.each(sources)('%s', (file) => {
    const [room, from] = mayImport.find(([path]) => file.startsWith(path)) ?? [];
    expect(room, 'every file stands in a known room').toBeDefined();
    for (const target of importsOf(file)) {
      if (!target.startsWith('.')) continue;
      const path = normalize(join(dirname(file), target));
      const allowed = path.startsWith(room ?? '') || from?.some((prefix) => path.startsWith(prefix));
      expect(allowed, `${file} imports ${path}`).toBe(true);
    }
  });

  it.each(sources.filter((file) => /^lib\/(domain|app)\//.test(file)))(
    '%s takes nothing of the outside',
    (file) => {
      const outside = importsOf(file).filter(
        (target) => !target.startsWith('.') && !pureModules.includes(target),
      );
      expect(outside).toEqual([]);
      expect(readFileSync(join(root, file), 'utf8')).not.toMatch(
        /Date\.now|new Date|process\.|\bfetch\(|setTimeout/,
      );
    },
  );
});

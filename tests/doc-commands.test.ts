import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userSettings } from '../lib/settings/user-settings.ts';
import { localSettings } from '../mocks/local-stack/settings.ts';
import { blocksOf, type Command, callOf, callsOf, commandsOf } from './doc-commands.ts';

// Every line of a shell block can be pasted as it stands. bash runs them all, with programs that only note what they are given;
// what each would do is checked here. The calls to the local stack are made for real in smoke.test.ts. The Chinese pages have
// the same blocks (docs.test.ts).

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

const pages = [
  'README.md',
  'docs/cost.md',
  'docs/deploy.md',
  'docs/events.md',
  'docs/operations.md',
  'docs/reference.md',
];

/** Programs that need no check of their own, and why. */
const checkedElsewhere = new Map([
  ['rm', 'a file that a line above makes'],
  ['jq', 'the template, which tests/template.test.ts has'],
]);

/** What the pages use of the AWS CLI, which accepted every line when it was added (aws-cli 1.46.3, by its own parser). */
const awsOptions = new Map<string, string>(
  Object.entries({
    'cloudformation create-change-set':
      'change-set-name change-set-type resources-to-import stack-name template-body',
    'cloudformation describe-stacks': 'stack-name',
    'cloudformation execute-change-set': 'change-set-name stack-name',
    'cloudformation wait change-set-create-complete': 'change-set-name stack-name',
    'cloudformation wait stack-import-complete': 'stack-name',
    'dynamodb create-backup': 'backup-name table-name',
    'dynamodb delete-item': 'key table-name',
    'dynamodb delete-table': 'table-name',
    'dynamodb describe-backup': 'backup-arn',
    'dynamodb query': 'expression-attribute-values key-condition-expression projection-expression table-name',
    'dynamodb restore-table-from-backup': 'backup-arn target-table-name',
    'dynamodb restore-table-to-point-in-time': 'restore-date-time source-table-name target-table-name',
    'dynamodb update-continuous-backups': 'point-in-time-recovery-specification table-name',
    'dynamodb update-table': 'deletion-protection-enabled no-deletion-protection-enabled table-name',
    'dynamodb update-time-to-live': 'table-name time-to-live-specification',
    'dynamodb wait table-exists': 'table-name',
    'dynamodb wait table-not-exists': 'table-name',
    'lambda delete-function-concurrency': 'function-name',
    'lambda get-account-settings': '',
    'lambda get-function-recursion-config': 'function-name',
    'lambda list-event-source-mappings': 'function-name',
    'lambda put-function-concurrency': 'function-name reserved-concurrent-executions',
    'lambda update-event-source-mapping': 'enabled no-enabled uuid',
    's3 rm': 'recursive',
    's3api delete-bucket': 'bucket',
    's3api list-buckets': '',
    'secretsmanager delete-secret': 'secret-id',
    'secretsmanager get-secret-value': 'secret-id',
    'secretsmanager list-secrets': 'filters',
    'secretsmanager put-secret-value': 'secret-id secret-string',
    'sns create-topic': 'name',
    'sns subscribe': 'notification-endpoint protocol topic-arn',
    'sqs get-queue-attributes': 'attribute-names queue-url',
    'sqs get-queue-url': 'queue-name',
    'sqs list-message-move-tasks': 'source-arn',
    'sqs purge-queue': 'queue-url',
    'sqs start-message-move-task': 'destination-arn source-arn',
  }),
);
const ofEveryOperation = ['--query', '--output'];

const serverlessOptions = new Map<string, readonly string[]>([
  ['deploy', ['--stage']],
  ['deploy list', ['--stage']],
  ['package', ['--stage']],
  ['remove', ['--stage']],
  ['rollback', ['--stage', '--timestamp']],
]);

const helps = new Map<string, string>();

/** What an npm script says of itself. */
function helpOf(script: string): string {
  const help =
    helps.get(script) ??
    execFileSync('sh', ['-c', `${scripts[script]} --help`], { cwd: root, encoding: 'utf8' });
  helps.set(script, help);
  return help;
}

const optionsIn = (args: readonly string[]): string[] => args.filter((arg) => arg.startsWith('-'));

/** What is wrong with a command; empty when nothing is. */
function faultsOf(command: Command): readonly string[] {
  const [program, ...args] = command;
  const unknown = (options: readonly string[], known: (option: string) => boolean) =>
    options
      .filter((option) => !known(option))
      .map((option) => `${option} is unknown in: ${command.join(' ')}`);
  if (checkedElsewhere.has(program)) return [];
  switch (program) {
    case 'npm': {
      const dashes = args.indexOf('--');
      const own = (dashes === -1 ? args : args.slice(0, dashes)).filter((arg) => arg !== '--silent');
      const passed = dashes === -1 ? [] : args.slice(dashes + 1);
      if (own.join() === 'ci') return [];
      const [verb, script = verb] = own;
      const isShort = verb === 'start' || verb === 'test';
      if (script === undefined || scripts[script] === undefined || (verb !== 'run' && !isShort)) {
        return [`there is no ${command.join(' ')}`];
      }
      return unknown(optionsIn(passed), (option) => helpOf(script).includes(option));
    }
    case 'npx': {
      const [serverless, ...words] = args;
      const name = words
        .slice(
          0,
          words.findIndex((word) => word.startsWith('-')),
        )
        .join(' ');
      const known = serverlessOptions.get(name);
      if (serverless !== 'serverless' || known === undefined) return [`not known: ${command.join(' ')}`];
      return unknown(optionsIn(words), (option) => known.includes(option));
    }
    case 'aws': {
      const first = args.findIndex((arg) => arg.startsWith('--'));
      const name = args.slice(0, first === -1 ? undefined : first).join(' ');
      const known = awsOptions.get(name);
      if (known === undefined) return [`not known: aws ${name}`];
      const allowed = [...known.split(' ').map((option) => `--${option}`), ...ofEveryOperation];
      return unknown(optionsIn(args), (option) => allowed.includes(option));
    }
    case 'curl': {
      const { url } = callOf(command.join(' '), args);
      return /\/(?:v1|v2\/api)\//.test(url) ? [] : [`no path of this service: ${url}`];
    }
    default:
      return [`not known: ${program}`];
  }
}

describe.each(pages)('the shell blocks of %s', (page) => {
  const blocks = blocksOf(read(page));
  const texts = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);

  // Throws where a line is no shell, or names a variable that no line above sets.
  it('can be pasted, and name programs, scripts and options that exist', () => {
    expect(commandsOf(read(page)).flatMap(faultsOf)).toEqual([]);
  });

  it('stand beside JSON that can be parsed, where it is not cut short', () => {
    const whole = blocks.filter(({ language, text }) => language === 'json' && !text.includes('", …'));
    expect(() => whole.map(({ text }) => JSON.parse(text))).not.toThrow();
  });

  it('hold no placeholder that the shell would take for a redirection', () => {
    expect(texts.filter((text) => /<[\w. ]+>/.test(text))).toEqual([]);
  });

  it('set only settings that exist in front of npm start', () => {
    const known = [...Object.values(userSettings), ...Object.values(localSettings)].map(({ name }) => name);
    const set = texts.flatMap((text) => [...text.matchAll(/^([A-Z_]+)=\S+ npm start/gm)]);
    expect(set.map(([, name = '']) => name).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('a secret', () => {
  const commands = pages.flatMap((page) => commandsOf(read(page)));

  it('gets its text from a file: what stands on a command line, every process of the machine can read', () => {
    const texts = commands.flatMap((args) =>
      args.flatMap((arg, index) => (arg === '--secret-string' ? args[index + 1] : [])),
    );
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text).toMatch(/^file:\/\//);
  });

  it('is named by its file where a key tool is called, and never printed', () => {
    const calls = commands.filter((args) => args.includes('sealing-key'));
    expect(calls.length).toBeGreaterThan(2);
    for (const args of calls) {
      expect(args.slice(-2)).toEqual([
        expect.stringMatching(/^--(?:out|add|retire|public)$/),
        expect.stringMatching(/^(?:keyring\.json|\/dev\/stdin)$/),
      ]);
    }
  });
});

describe('the README', () => {
  const linesOf = (language: string) =>
    blocksOf(read('README.md'))
      .filter((block) => block.language === language)
      .flatMap(({ text }) => text.trim().split('\n'));
  const isNpm = (line: string) => /\bnpm /.test(line);
  const runs = linesOf('sh').filter((line) => isNpm(line) && !line.includes('npm test'));

  it('runs it by the same lines in bash, PowerShell and cmd', () => {
    const asInBash = {
      powershell: (line: string) =>
        line
          .replaceAll('npm.cmd', 'npm')
          .replace(/^\$env:(\w+) = '([^']*)'; /, '$1=$2 ')
          .replace('; ', ' && '),
      bat: (line: string) => line.replace(/^set "(\w+)=([^"]*)" && /, '$1=$2 '),
    };
    expect(runs).toHaveLength(3);
    expect(linesOf('powershell').map(asInBash.powershell).filter(isNpm)).toEqual(runs);
    expect(linesOf('bat').map(asInBash.bat).filter(isNpm)).toEqual(runs);
  });

  it('makes the same call in bash, PowerShell and cmd', () => {
    const callIn = (language: string) => {
      const [first] = callsOf(`\`\`\`\n${linesOf(language).join('\n')}\n\`\`\``);
      return { ...first, line: '' };
    };
    expect(callIn('sh').url).toContain('fetchContactsList');
    expect(callIn('powershell')).toEqual(callIn('sh'));
    expect(callIn('bat')).toEqual(callIn('sh'));
  });

  it('has at most 1,200 words beside its code', () => {
    const words = read('README.md')
      .replace(/^```[^\n]*\n.*?^```$/gms, '')
      .split(/\s+/);
    expect(words.length).toBeLessThanOrEqual(1_200);
  });
});

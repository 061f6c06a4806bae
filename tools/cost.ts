import { parseArgs } from 'node:util';
import { listed, readOptions } from '../mocks/local-stack/command-line.ts';
import { limitsOf } from './cost/limits.ts';
import { costOfMonth, type Month, type Part, typical, type Use } from './cost/month.ts';
import { pricesOf } from './cost/prices.ts';
import { readStack } from './cost/stack.ts';

const options = {
  help: { type: 'boolean', short: 'h', default: false },
  json: { type: 'boolean', default: false },
  devices: { type: 'string', default: String(typical.devices) },
  every: { type: 'string', default: String(typical.everyS) },
  'list-seconds': { type: 'string', default: String(typical.listS) },
  changed: { type: 'string', default: String(typical.changedShare) },
  ids: { type: 'string', default: String(typical.ids) },
  callbacks: { type: 'string', default: String(typical.callbacksPerDay) },
  reads: { type: 'string', default: String(typical.readsPerDay) },
  'max-list-calls': { type: 'string' },
} as const;

const help = [
  `npm run cost: what a month costs, in US dollars: list prices of us-east-1, ${pricesOf}, without the free tier.`,
  '',
  ...listed([
    ['--devices N', `devices that are refreshed on a schedule (${options.devices.default})`],
    ['--every N', `seconds from one refresh of a device to the next (${options.every.default})`],
    ['--list-seconds N', `how long GeWe takes for a list (${options['list-seconds'].default})`],
    ['--changed N', `share of the refreshes that find another list, 0 to 1 (${options.changed.default})`],
    ['--ids N', `ids in a list (${options.ids.default})`],
    ['--callbacks N', `callbacks of each device in a day, all forwarded (${options.callbacks.default})`],
    ['--reads N', `reads of each device's list in a day (${options.reads.default})`],
    ['--max-list-calls N', 'MAX_LIST_CALLS (what is needed and a quarter more, at least 100)'],
    [
      '--json',
      '{"totalUsd", "fixedUsd", "parts", "maxListCalls", "stacks"}; the total includes the fixed part',
    ],
  ]),
  '',
  'docs/cost.md says what is counted, and how.',
].join('\n');

const names: Readonly<Record<Part, string>> = {
  fixed: 'fixed: the stack when it is idle',
  lambdaWaiting: 'Lambda: runs that wait for GeWe',
  lambdaOther: 'Lambda: all else',
  dynamodbWrites: 'DynamoDB: writes',
  dynamodbReads: 'DynamoDB: reads',
  sqs: 'SQS',
  events: 'EventBridge',
  logs: 'CloudWatch: logs',
  metrics: 'CloudWatch: metrics',
  api: 'API Gateway',
  storage: 'DynamoDB: storage',
  transfer: 'transfer out of AWS',
};

/** Throws an error for a person when an option is unknown or its value makes no sense. */
function parseUse(args: readonly string[]) {
  const values = readOptions(() => parseArgs({ args: [...args], options }).values);
  const numberOf = (name: Exclude<keyof typeof values, 'help' | 'json'>, least: number, most: number) => {
    const text = values[name] ?? '';
    const number = text.trim() === '' ? Number.NaN : Number(text);
    const isWhole = !['list-seconds', 'changed', 'callbacks', 'reads'].includes(name);
    if (number >= least && number <= most && (!isWhole || Number.isInteger(number))) return number;
    throw new Error(
      `--${name} must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most} (see --help)`,
    );
  };
  const use: Use = {
    devices: numberOf('devices', 0, 10_000_000),
    everyS: numberOf('every', 60, 2_592_000),
    listS: numberOf('list-seconds', 0, 270),
    changedShare: numberOf('changed', 0, 1),
    ids: numberOf('ids', 1, 200_000),
    callbacksPerDay: numberOf('callbacks', 0, 1_000_000),
    readsPerDay: numberOf('reads', 0, 1_000_000),
    ...(values['max-list-calls'] !== undefined && { maxListCalls: numberOf('max-list-calls', 2, 20_000) }),
  };
  return { use, json: values.json, help: values.help };
}

function table(use: Use, month: Month): string {
  const dollars = (usd: number) =>
    usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const rows: [string, string][] = Object.entries(month.parts).map(([part, usd]) => [
    Object.entries(names).find(([name]) => name === part)?.[1] ?? part,
    dollars(usd),
  ]);
  rows.push(
    ['total', dollars(month.totalUsd)],
    ['total without the fixed part', dollars(month.totalUsd - month.fixedUsd)],
  );
  const limits = limitsOf(use, month, readStack()).filter(({ used, most }) => used > 0.75 * most);
  return [
    `US dollars a month, list prices of us-east-1, ${pricesOf}, without the free tier`,
    '',
    ...rows.map(([name, usd]) => `${name.padEnd(34)}${usd.padStart(12)}`),
    '',
    `${month.stacks > 1 ? `${month.stacks} stacks, each with ` : ''}MAX_LIST_CALLS=${month.maxListCalls}: ${month.runs.mostRuns} runs at most, ${month.runs.aliveRuns.toFixed(2)} on average; ` +
      `a refresh waits at most ${Math.ceil(month.runs.longestWaitS)} s for its turn`,
    ...limits.map(
      ({ name, used, most, unit, remedy }) =>
        `${used > most ? 'NOT ENOUGH' : 'nearly used up'}: ${name}: ${used} of ${most} ${unit}: ${remedy}`,
    ),
  ].join('\n');
}

try {
  const { use, json, help: wantsHelp } = parseUse(process.argv.slice(2));
  if (wantsHelp) {
    console.log(help);
  } else {
    const month = costOfMonth(use, readStack());
    const { totalUsd, fixedUsd, parts, maxListCalls, stacks } = month;
    console.log(
      json ? JSON.stringify({ totalUsd, fixedUsd, parts, maxListCalls, stacks }) : table(use, month),
    );
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

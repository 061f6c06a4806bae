import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tableTexts } from '../acceptance/table-text.ts';
import type { Aws } from './aws.ts';
import type { Recorded } from './recorded.ts';

/** Every token of the suites and of this run matches. */
const tokens = /token-of-|canary-|another-token/;

/** All that the functions wrote to their logs, by log group. */
export async function logTexts(aws: Aws): Promise<ReadonlyMap<string, readonly string[]>> {
  const { logGroups: groups } = await aws<{ logGroups: { logGroupName: string }[] }>(
    'logs',
    'describe-log-groups',
  );
  const texts = new Map<string, readonly string[]>();
  for (const { logGroupName: name } of groups) {
    const { events } = await aws<{ events: { message: string }[] }>('logs', 'filter-log-events', {
      logGroupName: name,
    });
    texts.set(
      name,
      events.map(({ message }) => message),
    );
  }
  return texts;
}

/** Where a token stands that should stand nowhere: in a log, the table, or a call to AWS, which every message is. */
export async function tokenFinds(
  logs: ReadonlyMap<string, readonly string[]>,
  recorded: readonly Recorded[],
  table: DynamoDBClient,
  tableName: string,
): Promise<readonly string[]> {
  const finds = [...logs].flatMap(([name, lines]) =>
    lines.some((line) => tokens.test(line)) ? [`a token stands in the log ${name}`] : [],
  );
  for (const { grant, text } of recorded) {
    if (tokens.test(text)) finds.push(`a token stands in a call (${grant})`);
  }
  if ((await tableTexts(table, tableName)).some((text) => tokens.test(text))) {
    finds.push(`a token stands in the table ${tableName}`);
  }
  return [...new Set(finds)];
}

/** The calls that IAM refused to a function, as its log names them. */
export function listRejections(logs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const refused = [...logs].flatMap(([name, lines]) =>
    lines
      .map((line) => /"(?<call>[\w ]+): AccessDenied|not authorized to perform: (?<action>[\w:]+)/.exec(line))
      .map((found) => found?.groups?.call ?? found?.groups?.action)
      .flatMap((call) => (call === undefined ? [] : [`${name.replace(/^.*\//, '')} was refused ${call}`])),
  );
  return [...new Set(refused)];
}

/** What functions said that could not start, once each; MiniStack 1.5.33 has it in its own output alone. */
export function failedStarts(output: string): readonly string[] {
  const failed = output.matchAll(
    /execution error for (?<name>[\w-]+): Worker (?:init failed: )?(?<said>.*)/g,
  );
  return [...new Set([...failed].map(({ groups }) => `${groups?.name} did not start: ${groups?.said}`))];
}

/** Up to ten different lines that tell of an error. */
export function errorLines(logs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const lines = [...logs].flatMap(([name, texts]) =>
    texts
      .filter((text) => /"level":"ERROR"|AccessDenied|not authorized|ConfigError|init failed/i.test(text))
      .map((text) => `${name.replace(/^.*\//, '')}: ${text.trim().slice(0, 400)}`),
  );
  const different = new Map(lines.map((line) => [line.replace(/\d|[0-9a-f-]{20,}/g, ''), line]));
  return [...different.values()].slice(0, 10);
}

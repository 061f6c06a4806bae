import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { fieldNames } from '../lib/telemetry/log.ts';
import { dimensionsOf, dimensionValues, type MetricName, metrics } from '../lib/telemetry/metrics.ts';
import {
  type Alarm,
  faultsOf,
  isMetric,
  ours,
  readPackaged,
  shownIn,
  alarmTopicArn as topic,
  watchOf,
} from './support/packaged.ts';

// The alarms and the dashboard of the packaged template, against the metrics that the functions write and the page that
// says what to do.

const packaged = readPackaged('prod', inject('packagedIn').prod);
const { template, ofType } = packaged;
const { alarms, dashboard } = watchOf(packaged);

describe('the alarms', () => {
  it('watch, of our own metrics, only what the functions write, under its dimensions', () => {
    const watched = [...alarms].filter(([, alarm]) => ours(alarm));
    const file = readFileSync(join(import.meta.dirname, '../infra/watch.yml'), 'utf8');
    const declared = [...file.matchAll(/^ {2}(\w+Alarm):$/gm)].map(([, name]) => name);
    expect(watched.map(([name]) => name).toSorted()).toEqual(declared.toSorted());
    expect(watched.flatMap(([, alarm]) => faultsOf(alarm))).toEqual([]);
  });

  it('watch the stage that the functions count for', () => {
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties.Environment).toMatchObject({ Variables: { METRICS_STAGE: 'prod' } });
    }
  });

  it('watch one metric each, and take no data for good', () => {
    for (const alarm of alarms.values()) {
      expect(alarm).toMatchObject({ MetricName: expect.any(String), TreatMissingData: 'notBreaching' });
    }
  });

  it('leave out what a caller is to mend', () => {
    const outcomes = [...alarms.values()].flatMap(({ Dimensions }) =>
      Dimensions.filter(({ Name }) => Name === 'Outcome'),
    );
    const values = new Set(outcomes.map(({ Value }) => Value));
    for (const callers of ['token-rejected', 'device-unknown', 'device-offline'])
      expect(values).not.toContain(callers);
  });

  it('watch the worker for throttling, which nobody sees: an HTTP function that is throttled is a 5xx', () => {
    const throttled = [...alarms.values()].filter((one) => one.MetricName === 'Throttles');
    expect(throttled.map(({ Dimensions: [dimension] }) => dimension?.Value)).toEqual([
      { Ref: 'FetchDashcontactsLambdaFunction' },
    ]);
    expect(alarmNamed('ApiFaultsAlarm')).toMatchObject({
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
    });
  });

  it('know the times of the worker and of the queue', () => {
    const workerMs = 1000 * Number(template.Resources.FetchDashcontactsLambdaFunction?.Properties.Timeout);
    const longestDelayS = 900;
    expect(alarmNamed('OldestMessageAlarm').Threshold).toBeGreaterThan(longestDelayS + workerMs / 1000);
  });

  it('are told to the topic that ALARM_TOPIC_ARN names, and to nobody without one', () => {
    const parameter = template.Parameters.AlarmTopicArn;
    expect(parameter?.Default).toBe(topic);
    for (const allowed of [topic, '']) expect(allowed).toMatch(new RegExp(parameter?.AllowedPattern ?? '$x'));
    expect(template.Conditions.HasAlarmTopic).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AlarmTopicArn' }, ''] }],
    });
    const told = { 'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }] };
    for (const { AlarmActions, OKActions } of alarms.values()) {
      expect([AlarmActions, OKActions]).toEqual([told, told]);
    }
  });
});

function alarmNamed(name: string): Alarm {
  const alarm = alarms.get(name);
  if (alarm === undefined) throw new Error(`there is no ${name}`);
  return alarm;
}

/** What happens when all is well, and tells an operator nothing: it would cost a metric of the 50. */
const uneventful: Partial<Record<MetricName, readonly string[]>> = {
  DueDevices: ['joined', 'recent'],
  CallbacksHandled: ['none', 'left', 'offline', 'online', 'unknown', 'unsubscribed'],
  ChatroomCalls: ['success'],
};

describe('the dashboard', () => {
  it('shows, of our own metrics, only what the functions write, and all of it but what is uneventful', () => {
    const shown = dashboard.widgets.flatMap(shownIn).filter(ours);
    expect(shown.flatMap(faultsOf)).toEqual([]);
    const told = (name: MetricName): string[] => {
      const by = dimensionsOf(name)[1];
      const values = Object.entries(dimensionValues).find(([dimension]) => dimension === by)?.[1] ?? [''];
      const left = uneventful[name] ?? [];
      expect(values).toEqual(expect.arrayContaining([...left]));
      return values.filter((value) => !left.includes(value)).map((value) => `${name} ${value}`);
    };
    expect(new Set(shown.map((one) => `${one.MetricName} ${one.Dimensions[1]?.Value ?? ''}`))).toEqual(
      new Set(Object.keys(metrics).filter(isMetric).flatMap(told)),
    );
  });

  it('shows every alarm', () => {
    const shown = dashboard.widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown.toSorted()).toEqual([...alarms.keys()].map((name) => `\${${name}.Arn}`).toSorted());
  });

  it('shows errors, throttles and runs of all functions at once, because they share the limit of the account', () => {
    const ofLambda = dashboard.widgets.flatMap(shownIn).filter((one) => one.Namespace === 'AWS/Lambda');
    expect(ofLambda).toEqual(
      ['Errors', 'Throttles', 'ConcurrentExecutions'].map((MetricName) => ({
        Namespace: 'AWS/Lambda',
        MetricName,
        Dimensions: [],
      })),
    );
  });

  it('shows how many messages wait in each queue that is worked off, and for how long', () => {
    // All but those for dead letters.
    const queues = ofType('AWS::SQS::Queue').flatMap(([name, { Properties }]) =>
      Properties.RedrivePolicy === undefined ? [] : [name],
    );
    for (const metric of ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage']) {
      const shown = dashboard.widgets.flatMap(shownIn).filter(({ MetricName }) => MetricName === metric);
      const names = shown.map(({ Dimensions: [dimension] }) => dimension?.Value);
      expect(names.toSorted()).toEqual(queues.map((name) => `\${${name}.QueueName}`).toSorted());
    }
  });

  it('has at most 50 metrics: with more, it would cost $3 a month', () => {
    expect(dashboard.widgets.flatMap(shownIn).length).toBeLessThanOrEqual(50);
  });

  it('names only what is in the template', () => {
    const named = [...dashboard.source.matchAll(/\$\{(\w+)(?:\.\w+)?\}/g)].map(([, name = '']) => name);
    expect(named.filter((name) => template.Resources[name] === undefined)).toEqual([]);
  });
});

describe('what it costs', () => {
  const pages = ['docs/deploy.md', 'docs/deploy.zh-CN.md'];
  const rowOf = (page: string, name: RegExp) =>
    readFileSync(join(import.meta.dirname, '..', page), 'utf8')
      .match(name)
      ?.slice(1)
      .map(Number);

  it.each(pages)('is told in %s with the alarms that there are', (page) => {
    const cents = alarms.size * 10;
    const told = rowOf(page, /\| CloudWatch +\| (\d+)[^|]*\| +([\d.]+) /);
    expect(told).toEqual([alarms.size, cents / 100]);
  });

  it.each(pages)('is told in %s with a dashboard that is free', (page) => {
    expect(rowOf(page, /\| {2,}\| [^|]*50[^|]*\| +([\d.]+) /)).toEqual([0]);
  });

  it.each(pages)('is less than $4 a month, by the table in %s, and the sum beside it says so', (page) => {
    const text = readFileSync(join(import.meta.dirname, '..', page), 'utf8');
    const [table = ''] = /^\| Secrets Manager.*?\n\n/ms.exec(text) ?? [];
    const costs = [...table.matchAll(/\| (?:< )?([\d.]+) +\|$/gm)].map(([, dollars]) => Number(dollars));
    expect(costs).toHaveLength(table.trimEnd().split('\n').length);
    const total = costs.reduce((sum, dollars) => sum + dollars, 0);
    expect(total).toBeLessThan(4);
    const rounded = (Math.round(total * 10) / 10).toFixed(2);
    expect(text).toMatch(new RegExp(`^(?:About \\$${rounded}\\.|大约 ${rounded} 美元)`, 'm'));
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    expect(readme).toContain(`An idle stack costs about $${rounded} a month`);
  });
});

describe('docs/operations.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8');
  const headings = [...page.matchAll(/^### ([\w-]+)$/gm)].map(([, heading = '']) => heading);

  it('has a part for every alarm, and for no other', () => {
    const names = [...alarms.values()].map(({ AlarmName }) => AlarmName.replace('gewe-contacts-prod-', ''));
    expect(headings.toSorted()).toEqual(names.toSorted());
  });

  it('is where every alarm points to', () => {
    for (const { AlarmName, AlarmDescription } of alarms.values()) {
      const anchor = AlarmName.replace('gewe-contacts-prod-', '');
      expect(AlarmDescription).toContain(`(docs/operations.md#${anchor})`);
    }
  });

  const ofLogs = [
    '@timestamp',
    '@message',
    'level',
    'message',
    'timestamp',
    'thrown.0.name',
    'thrown.0.message',
  ];
  const ofMetrics = [
    ...Object.keys(metrics),
    ...Object.keys(dimensionValues),
    'Stage',
    'upstreamOutcome',
    'httpStatus',
  ];
  const queries = () => [
    ...[...page.matchAll(/^```text\n(fields|filter|stats)\b(.*?)^```$/gms)].map(
      ([, verb, rest]) => `${verb}${rest}`,
    ),
    ...dashboard.widgets.flatMap(
      ({ properties }) => properties.query?.replace(/SOURCE '[^']*' \|/g, '') ?? [],
    ),
  ];
  const keywords =
    /^(fields|filter|stats|sort|asc|desc|limit|count|count_distinct|pct|avg|max|min|by|bin|as|and|or|not|in|like|ispresent)$/;

  it('asks the logs only for fields that are written', () => {
    const known = new Set<string>([...fieldNames, ...ofLogs, ...ofMetrics]);
    expect(queries().length).toBeGreaterThan(4);
    for (const query of queries()) {
      const named = query.replace(/'[^']*'/g, '').match(/[@A-Za-z][\w.@]*/g) ?? [];
      const aliases = [...query.matchAll(/ as (\w+)/g)].map(([, alias = '']) => alias);
      expect(
        named.filter((name) => !keywords.test(name) && !known.has(name) && !aliases.includes(name)),
      ).toEqual([]);
    }
  });
});

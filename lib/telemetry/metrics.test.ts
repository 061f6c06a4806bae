import { expect, it } from 'vitest';
import { type Count, createMetrics, dimensionsOf, type MetricName, metrics, namespace } from './metrics.ts';

function countsOf(stage: string | undefined): { readonly count: Count; readonly lines: string[] } {
  const lines: string[] = [];
  return {
    count: createMetrics(
      stage,
      () => 1_795_000_000_000,
      (line) => lines.push(line),
    ),
    lines,
  };
}

const parsed = (line: string | undefined): unknown => JSON.parse(line ?? '');

it("writes a line of CloudWatch's embedded metric format", () => {
  const { count, lines } = countsOf('dev');
  count('RefreshesEnded', 1, { Outcome: 'upstream-timeout' });
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(parsed(lines[0])).toEqual({
    _aws: {
      Timestamp: 1_795_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [['Stage', 'Outcome']],
          Metrics: [{ Name: 'RefreshesEnded', Unit: 'Count' }],
        },
      ],
    },
    Stage: 'dev',
    Outcome: 'upstream-timeout',
    RefreshesEnded: 1,
  });
});

it('has every dimension that it names as a member of the line, and the value under the name of the metric', () => {
  const { count, lines } = countsOf('prod');
  count('ListAgeS', 12.5, {});
  count('UpstreamDurationMs', 431, { Operation: 'list' }, { upstreamOutcome: 'list', httpStatus: 200 });
  count('ListsRejected', 1, { Reason: 'suspicious-shrink' });
  expect(lines.map(parsed)).toMatchObject([
    { Stage: 'prod', ListAgeS: 12.5 },
    { Stage: 'prod', Operation: 'list', UpstreamDurationMs: 431, upstreamOutcome: 'list', httpStatus: 200 },
    { Stage: 'prod', Reason: 'suspicious-shrink', ListsRejected: 1 },
  ]);
});

it('writes nothing without a stage', () => {
  const { count, lines } = countsOf(undefined);
  count('DeadLetters', 1, {});
  expect(lines).toEqual([]);
});

const names = Object.keys(metrics).filter((name): name is MetricName => Object.hasOwn(metrics, name));

it.each(names)('%s says its unit in its name, and has two dimensions at most', (name) => {
  const suffix = { Count: /[a-z]$/, Seconds: /[a-z]S$/, Milliseconds: /[a-z]Ms$/ }[metrics[name].unit];
  expect(name).toMatch(suffix);
  expect(dimensionsOf(name).length).toBeLessThanOrEqual(2);
  expect(dimensionsOf(name)[0]).toBe('Stage');
});

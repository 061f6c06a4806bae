import { expect, it } from 'vitest';
import { type LogLevel, logLevels } from '../settings/user-settings.ts';
import { createLog, type Log } from './log.ts';

function logOf(level: LogLevel): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog(level, (line) => lines.push(line)), lines };
}

const parsed = (line: string | undefined): unknown => JSON.parse(line ?? '');

it('writes a line of JSON with its level, message, time and fields', () => {
  const { log, lines } = logOf('INFO');
  log.info('request answered', { route: 'GET /v1', status: 200 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{.*\}\n$/);
  expect(parsed(lines[0])).toEqual({
    level: 'INFO',
    message: 'request answered',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    route: 'GET /v1',
    status: 200,
  });
});

it('keeps line breaks out of the line', () => {
  const { log, lines } = logOf('INFO');
  log.info('two\nlines');
  expect(lines.join('').indexOf('\n')).toBe(lines.join('').length - 1);
});

it('leaves out what is below its level', () => {
  const written = logLevels.map((level) => {
    const { log, lines } = logOf(level);
    log.info('1');
    log.warn('2');
    log.error('3');
    return lines.length;
  });
  expect(written).toEqual([3, 3, 2, 1, 0]);
});

const secret = 'canary-token';

it('writes no field that is not listed, and no object, whatever is handed over', () => {
  const { log, lines } = logOf('DEBUG');
  const wide: Record<string, string | number> = { status: 1, token: secret, appId: secret };
  log.info('wide', wide);
  const nested = Object({ route: { headers: { 'x-gewe-token': secret } }, code: [secret] });
  log.info('nested', nested);
  expect(lines.join('')).not.toContain(secret);
  expect(parsed(lines[0])).toMatchObject({ status: 1 });
});

it('tells of an error its name, message and stack, and those of its causes, and nothing else', () => {
  const { log, lines } = logOf('INFO');
  const cause = Object.assign(new TypeError('socket hang up'), { $response: { headers: { token: secret } } });
  log.error(
    'request failed',
    { code: 'unavailable' },
    new Error('DynamoDB GetItem: TimeoutError', { cause }),
  );
  expect(lines.join('')).not.toContain(secret);
  expect(parsed(lines[0])).toMatchObject({
    code: 'unavailable',
    thrown: [
      { name: 'Error', message: 'DynamoDB GetItem: TimeoutError', stack: expect.any(Array) },
      { name: 'TypeError', message: 'socket hang up' },
    ],
  });
});

it('does not quote the text that JSON.parse quotes', () => {
  const { log, lines } = logOf('INFO');
  try {
    JSON.parse(secret);
  } catch (cause) {
    log.error('request failed', {}, new Error('invalid', { cause }));
  }
  expect(lines.join('')).toContain('SyntaxError');
  expect(lines.join('')).not.toContain('canary');
});

it.each([[secret], [{ token: secret }], [null], [5]])(
  'says only what kind of thing was thrown: %j',
  (thrown) => {
    const { log, lines } = logOf('INFO');
    log.warn('odd', {}, thrown);
    expect(lines.join('')).not.toContain(secret);
    expect(parsed(lines[0])).toMatchObject({ thrown: [{ name: typeof thrown }] });
  },
);

it('ends with an error that is its own cause', () => {
  const { log, lines } = logOf('INFO');
  const error = new Error('loop');
  error.cause = error;
  log.error('looped', {}, error);
  expect(lines).toHaveLength(1);
});

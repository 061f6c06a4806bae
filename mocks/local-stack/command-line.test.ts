import { expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

it('takes a scenario and its seconds', () => {
  expect(parseCommandLine(['--scenario', 'slow', '--seconds=60'])).toEqual({
    help: false,
    choice: { scenario: 'slow', seconds: 60 },
  });
});

it('needs nothing', () => {
  expect(parseCommandLine([])).toEqual({ help: false });
});

it.each([
  [['--nonsense'], "Unknown option '--nonsense' (see --help)"],
  [['nonsense'], "Unexpected argument 'nonsense'"],
  [['--scenario'], "Option '--scenario <value>' argument missing"],
  [['--scenario', 'other'], 'There is no scenario "other"'],
  [['--seconds', '5'], '--seconds needs a --scenario'],
  [['--scenario', 'slow', '--seconds', '-1'], "Option '--seconds'"],
  [['--scenario', 'slow', '--seconds', 'x'], 'seconds must be a number'],
])('says in one line what is wrong with %j', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
  expect(() => parseCommandLine(args)).not.toThrow('\n');
});

import { parseArgs } from 'node:util';
import { userSettings } from '../../lib/settings/user-settings.ts';
import { type Choice, parseChoice, scenarioNames, scenarios } from '../gewe/scenarios.ts';
import { localSettings } from './settings.ts';

/** What `npm start -- …` was told. */
export interface CommandLine {
  readonly help: boolean;
  /** The scenario of the GeWe mock that was asked for. */
  readonly choice?: Choice;
}

/** Throws an error for a person to read when an option is unknown or its value makes no sense. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    scenario: { type: 'string' },
    seconds: { type: 'string' },
  } as const;
  const { help, scenario, seconds } = readOptions(() => parseArgs({ args: [...args], options }).values);
  if (scenario !== undefined) return { help, choice: parseChoice(scenario, seconds) };
  if (seconds !== undefined) throw new Error('--seconds needs a --scenario');
  return { help };
}

/** What Node's `parseArgs` gives; an option that it does not know is an error for a person to read. */
export function readOptions<Options>(parse: () => Options): Options {
  try {
    return parse();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The first sentence; what follows in Node's text is advice for programmers.
    throw new Error(`${text.split(/\.\s/)[0]} (see --help)`);
  }
}

/** Names and what they mean, in two columns. */
export function listed(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
}

/** What `npm start -- --help` says. */
export function helpText(): string {
  const variables = [...Object.values(userSettings), ...Object.values(localSettings)];
  return [
    'Runs everything on this machine. GeWe is played by Prism with the examples of openapi.yaml, unless told otherwise:',
    '',
    ...listed([
      ['npm start -- --scenario NAME', 'GeWe is the mock of mocks/gewe'],
      ['            [--seconds N]', 'how long the scenarios take that take time'],
      ['GEWE_BASE_URL=http://api.geweapi.com npm start', 'GeWe is the real one, or any other'],
    ]),
    '',
    'Scenarios:',
    ...listed(scenarioNames.map((name) => [name, scenarios[name].description])),
    '',
    'Variables (defaults), from the environment or from lines NAME=value of the file .env:',
    ...listed(
      variables.map(({ name, meaning, fallback }) => [name, fallback ? `${meaning} (${fallback})` : meaning]),
    ),
  ].join('\n');
}

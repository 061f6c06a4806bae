import { parseArgs } from 'node:util';
import { type Choice, parseChoice } from '../gewe/scenarios.ts';

/** What `npm start -- …` was told. */
export interface CommandLine {
  readonly help: boolean;
  /** The scenario of the GeWe mock that was asked for. */
  readonly choice?: Choice;
}

/** Throws an error for a person to read when an option is unknown or its value makes no sense. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { help, scenario, seconds } = valuesOf(args);
  if (scenario !== undefined) return { help, choice: parseChoice(scenario, seconds) };
  if (seconds !== undefined) throw new Error('--seconds needs a --scenario');
  return { help };
}

function valuesOf(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        scenario: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    // The first sentence; what follows in Node's text is advice for programmers.
    throw new Error(`${text.split(/\.\s/)[0]} (see --help)`);
  }
}

import { runCommand } from './command.ts';

/** What of the environment says where AWS is. */
export interface AwsLocation {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
}

/** Asks AWS as an operator does; `T` is what the command is documented to give. Throws `CommandFailed`. */
export type Aws = <T = unknown>(service: string, command: string, input?: object) => Promise<T>;

/** The AWS CLI, which follows pages by itself. `home`: no settings of whoever runs this are read. */
export function awsCli(binary: string, home: string, location: AwsLocation, signal: AbortSignal): Aws {
  return async (service, command, input = {}) => {
    const env = { PATH: process.env.PATH, HOME: home, AWS_PAGER: '', ...location };
    // Named here again, because the CLI asks AWS itself for SQS when only the environment names it.
    const at = ['--endpoint-url', location.AWS_ENDPOINT_URL, '--output', 'json'];
    const args = [service, command, ...at, '--cli-input-json', JSON.stringify(input)];
    return JSON.parse((await runCommand(binary, args, { env, signal })) || '{}');
  };
}

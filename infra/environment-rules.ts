/** The variables of a function, by name; null where only CloudFormation knows the value. */
export type Environment = Readonly<Record<string, string | null>>;

/** AWS takes so much for all variables of a function, names and values together. */
export const maxEnvironmentBytes = 4_096;

/** More than an address of a queue, or the ARN of a secret, in AWS China. */
const resolvedBytes = 160;

export function bytesOf(environment: Environment): number {
  return Object.entries(environment).reduce((sum, variable) => sum + bytesOfVariable(variable), 0);
}

function bytesOfVariable([name, value]: readonly [string, string | null]): number {
  return Buffer.byteLength(name) + (value === null ? resolvedBytes : Buffer.byteLength(value));
}

/** What AWS would refuse, of the function that has most, with the setting to shorten; undefined when all fit. */
export function environmentFault(environments: Readonly<Record<string, Environment>>): string | undefined {
  const [[name, environment] = ['', {}]] = Object.entries(environments).toSorted(
    ([, one], [, other]) => bytesOf(other) - bytesOf(one),
  );
  if (bytesOf(environment) <= maxEnvironmentBytes) return undefined;
  const [[longest] = ['']] = Object.entries(environment).toSorted(
    (one, other) => bytesOfVariable(other) - bytesOfVariable(one),
  );
  return `the environment of ${name} would have ${bytesOf(environment)} bytes, and AWS takes ${maxEnvironmentBytes}: shorten ${longest}`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Declared {
  readonly functions: Readonly<
    Record<string, { readonly events?: readonly { readonly httpApi?: string }[] } | undefined>
  >;
}

const text = readFileSync(join(import.meta.dirname, '../serverless.yml'), 'utf8');
// Silent: it does not know the tags of CloudFormation, and takes what is tagged as it stands.
const { functions }: Declared = parse(text, { logLevel: 'silent' });

/** The functions of `serverless.yml`, in its order: what a package is to hold is counted from here. */
export const declaredFunctions: readonly string[] = Object.keys(functions);

/** Those of them that serve a route. */
export const httpFunctions: readonly string[] = declaredFunctions.filter((name) =>
  functions[name]?.events?.some(({ httpApi }) => httpApi !== undefined),
);

import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { build, type Plugin } from 'esbuild';

/** What is checked at run time: schemas of `components.schemas` by name. */
const checkedSchemas = [
  'FetchContactsListRequest',
  'AppId',
  'RefreshId',
  'Since',
  'SubscriptionRequest',
  'CallbackRequest',
  'ContactsRefreshRequestedDetail',
  'Limit',
  'Cursor',
] as const;

const checksModule = 'contract-checks';

/**
 * JavaScript that checks values against `document` (a parsed openapi.yaml) and imports nothing. Its exports are
 * those of `validatorTypes`.
 */
export async function validatorsOf(document: object): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: wrappers(), resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    minifySyntax: true,
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [virtualModule(checksModule, checks(document))],
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild gave no bundle of the validators');
  return bundle.text;
}

/** The declarations that belong to `validatorsOf`. */
export function validatorTypes(): string {
  const declarations = checkedSchemas.map(
    (name) => `
export declare function is${name}(value: unknown): value is ${name};
/** The first fault of \`value\` as a ${name}; undefined when it has none. */
export declare function faultOf${name}(value: unknown): SchemaFault | undefined;
`,
  );
  return `import type { ${[...checkedSchemas].sort().join(', ')} } from './types.generated.ts';

/** Where a value breaks which rule of the contract; never the value itself. */
export interface SchemaFault {
  /** JSON Pointer to the member at fault; empty for the whole value. A missing member is pointed at. */
  readonly pointer: string;
  /** The JSON Schema keyword, such as \`required\`, \`type\` or \`pattern\`. */
  readonly rule: string;
  /** What the rule asks for, in words. */
  readonly detail: string;
}
${declarations.join('')}`;
}

function checks(document: object): string {
  // Draft 07 gives half the code of 2020-12; strict mode refuses the words that it does not have.
  // Without `verbose`, the errors hold no part of the value.
  const ajv = new Ajv({ code: { source: true, esm: true }, verbose: false });
  // The document is no schema itself, only the home of some: its members are no keywords to be strict about.
  ajv.addVocabulary(Object.keys(document));
  ajv.addSchema(document, 'contract');
  return standalone.default(
    ajv,
    Object.fromEntries(
      checkedSchemas.map((name) => [`check${name}`, `contract#/components/schemas/${name}`]),
    ),
  );
}

function wrappers(): string {
  const functions = checkedSchemas.map(
    (name) => `
export function is${name}(value) {
  return checks.check${name}(value);
}
export function faultOf${name}(value) {
  return checks.check${name}(value) ? undefined : faultOf(checks.check${name}.errors[0]);
}
`,
  );
  return `import * as checks from '${checksModule}';
${functions.join('')}
function faultOf({ instancePath, keyword, message, params }) {
  const pointer = keyword === 'required' ? instancePath + '/' + params.missingProperty : instancePath;
  return { pointer, rule: keyword, detail: message };
}
`;
}

/** Ajv's own runtime, where a check needs some of it, is found from here and bundled. */
function virtualModule(name: string, contents: string): Plugin {
  return {
    name,
    setup(host) {
      host.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      host.onLoad({ filter: /.*/, namespace: name }, () => ({ contents, resolveDir: import.meta.dirname }));
    },
  };
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

type Members = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Condition?: string;
  readonly Properties: Members;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
  readonly Parameters: Readonly<Record<string, { readonly Default: string }>>;
}

export interface Packaged {
  /** The template and one zip file a function. */
  readonly folder: string;
  readonly template: Template;
  /** Names and resources of a type. */
  ofType(type: string): readonly (readonly [name: string, resource: Resource])[];
  /** The functions by their keys in `serverless.yml`. */
  readonly functions: ReadonlyMap<string, Members>;
  remove(): void;
}

const root = join(import.meta.dirname, '..');

/**
 * What `serverless package` makes of serverless.yml in an environment that holds nothing but `env`: no account, no login
 * and no network. Throws when it fails, with what it said.
 */
export function packageTemplate(stage: string, env: Readonly<Record<string, string>>): Packaged {
  const folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-package-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, [serverlessScript, 'package', '--stage', stage, '--package', folder], {
      cwd: root,
      env: {
        ...env,
        PATH: process.env.PATH,
        HOME: folder,
        LOCAL_BUNDLE_DIR: relative(root, join(folder, 'bundle')),
      },
      stdio: 'pipe',
    });
    const template: Template = JSON.parse(
      readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'),
    );
    const ofType = (type: string) =>
      Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
    const functions = new Map(
      ofType('AWS::Lambda::Function').map(([, { Properties: properties }]) => [
        String(properties.FunctionName).replace(`gewe-contacts-${stage}-`, ''),
        properties,
      ]),
    );
    return { folder, template, ofType, functions, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

export const serverlessScript = join(root, 'node_modules', 'serverless', 'bin', 'serverless.js');

/** Everything that a role may do. */
export function statementsOf(role: Readonly<Record<string, unknown>>): readonly Statement[] {
  const { Policies: policies }: { Policies?: readonly { PolicyDocument: { Statement: Statement[] } }[] } =
    role;
  return policies?.flatMap(({ PolicyDocument: policy }) => policy.Statement) ?? [];
}

import openapiTS, { astToString } from 'openapi-typescript';

/** TypeScript types of everything in the contract, each schema under its own name too; read-only throughout. */
export async function typesOf(specFile: URL): Promise<string> {
  const declarations = await openapiTS(specFile, {
    immutable: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    silent: true,
  });
  return astToString(declarations);
}

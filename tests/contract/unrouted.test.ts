import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { call } from '../acceptance/client.ts';
import { type Service, startService } from '../service/service.ts';
import { specFile } from './documented.ts';

interface Document {
  readonly 'x-undeclared-routes': Readonly<
    Record<'gewe' | 'resource', Readonly<Record<string, { readonly $ref: string }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
}
interface Response {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
}

const document: Document = parse(readFileSync(specFile, 'utf8'));
// Prism judges only what belongs to an operation.
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'contract');

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const contacts = '/contacts/fetchContactsList';
const cases = [
  ['gewe', 404, 'POST', '/gewe/v2/api/contacts/no.thing'],
  ['gewe', 404, 'GET', '/v2/api'],
  ['gewe', 405, 'GET', `/gewe/v2/api${contacts}`],
  ['gewe', 405, 'PUT', `/v2/api${contacts}Cache`],
  ['resource', 404, 'GET', '/'],
  ['resource', 404, 'POST', '/v1/devices/wx_demo/nothing'],
  ['resource', 405, 'POST', '/v1/devices/wx_demo/contacts'],
  ['resource', 405, 'GET', '/v1/devices/wx_demo'],
] as const;

describe('paths and methods that the contract does not describe', () => {
  it.each(cases)(
    'on the surface %s are answered with a documented %i: %s %s',
    async (surface, status, method, path) => {
      const reply = await call(service.url + path, method, { token: 't' });
      expect(reply.status).toBe(status);
      const { content, headers = {} } = described(surface, status);
      const type = reply.headers['content-type'] ?? '';
      const { schema } = content[type] ?? {};
      expect(schema, `the contract does not describe the type ${type}`).toBeDefined();
      const isValid = ajv.validate({ $ref: `contract${schema?.$ref}` }, JSON.parse(reply.text));
      expect(ajv.errors ?? [], reply.text).toEqual([]);
      expect(isValid).toBe(true);
      expect('allow' in reply.headers).toBe('Allow' in headers);
    },
  );

  it('are all that the contract has a word about', () => {
    const known = Object.entries(document['x-undeclared-routes']).flatMap(([surface, responses]) =>
      Object.keys(responses).map((status) => `${surface} ${status}`),
    );
    expect(new Set(cases.map(([surface, status]) => `${surface} ${status}`))).toEqual(new Set(known));
  });
});

function described(surface: 'gewe' | 'resource', status: number): Response {
  const reference = document['x-undeclared-routes'][surface][status]?.$ref ?? '';
  const response = document.components.responses[reference.replace('#/components/responses/', '')];
  if (response === undefined) throw new Error(`openapi.yaml has no ${status} of the surface ${surface}`);
  return response;
}

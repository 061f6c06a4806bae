import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { requestTo } from '../lib/http/request.test-data.ts';
import { methodsAt, routes, unroutedAnswer } from '../lib/http/routes.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const known = routes.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`)).toSorted();

describe('the routes', () => {
  it('are those of openapi.yaml', () => {
    const { paths }: { paths: Record<string, Record<string, unknown>> } = parse(read('openapi.yaml'));
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => ['get', 'put', 'post', 'delete', 'patch'].includes(key))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).toEqual(known);
  });

  it('are those that serverless.yml deploys', () => {
    const deployed = [...read('serverless.yml').matchAll(/httpApi: ((?:GET|POST|PUT|DELETE) \S+)/g)];
    expect(deployed.map(([, route]) => route).toSorted()).toEqual(known);
  });

  it('tell the methods of a path, whatever its parameters', () => {
    expect(methodsAt('/v1/devices/wx_demo/contacts')).toEqual(['GET']);
    expect(methodsAt('/v1/devices/wx_demo/contacts/')).toBeUndefined();
    expect(methodsAt('/v1/devices/wx/demo/contacts')).toBeUndefined();
    expect(methodsAt('/')).toBeUndefined();
  });

  it.each([
    ['GET /v1/devices', 404, undefined],
    ['PATCH /v1/devices/wx_demo/subscription', 405, 'PUT, GET, DELETE'],
    ['GET /v2/api/message/postText', 405, 'POST'],
    // Written with escapes, and decoded after the gateway chose no route.
    ['GET /v1/devices/wx_demo/contacts', 404, undefined],
    ['POST /v2/api/message/postText', 404, undefined],
  ])('that none of them takes, %s, is answered with %i', (route, status, allow) => {
    const answer = unroutedAnswer(requestTo(route));
    expect(answer.status).toBe(status);
    expect(answer.headers?.Allow).toBe(allow);
  });
});

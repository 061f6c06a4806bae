import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusedPath } from './gateway-paths.ts';

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/);
const origin = fc.constantFrom('', 'http://x', 'HTTPS://x:80', 'http://u@x');
const query = fc.constantFrom('', '?', '?x=/../%2e', '?x?y');
const dots = fc.constantFrom('.', '..', '%2e', '%2E', '%2e.', '.%2E', '%2E%2e');

describe('a path', () => {
  it('of plain names is taken, in every form of the target', () => {
    fc.assert(
      fc.property(origin, name, name, query, (start, group, operation, end) => {
        const path = `/gewe/v2/api/${group}/${operation}`;
        expect(refusedPath(`${start}${path}${end}`, path)).toBeUndefined();
      }),
    );
  });

  it('with a dot segment is refused wherever that stands, whatever hapi makes of it', () => {
    const around = fc.array(name, { maxLength: 3 });
    fc.assert(
      fc.property(origin, around, dots, around, query, (start, before, dot, after, end) => {
        const path = `/${[...before, dot, ...after].join('/')}`;
        expect(refusedPath(`${start}${path}${end}`, '/made/of/it')).toBe('/made/of/it');
      }),
    );
  });

  it('that leads to GeWe, or starts there, is refused in the words of that surface', () => {
    expect(refusedPath('/gewe/v2/api/../../x', '/gewe/x')).toBe('/gewe/v2/api/../../x');
    expect(refusedPath('/x/../v2/api/a/b', '/v2/api/a/b')).toBe('/v2/api/a/b');
    expect(refusedPath('/v%32/api/a/b', '/v2/api/a/b')).toBe('/v2/api/a/b');
  });

  it.each([
    ['/v1/devices/wx%5Fdemo', '/v1/devices/wx_demo'],
    ['/v1/devices/..%2F..%2Fx', '/v1/devices/..%2F..%2Fx'],
    ['/v1/devices/...', '/v1/devices/...'],
    ['/v1/devices/.x', '/v1/devices/.x'],
    ['http://x', '/'],
    ['http://../', '/'],
    ['*', '*'],
    ['http://', 'http://'],
    ['', ''],
  ])('%j, which is no business of this, is taken', (target, path) => {
    expect(refusedPath(target, path)).toBeUndefined();
  });
});

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  faultOfFetchContactsListRequest,
  isAppId,
  isFetchContactsListRequest,
  isRefreshId,
  isSince,
} from '../../lib/contract/validators.generated.js';
import { validatorsOf } from './validators.ts';

const digest = '5ReSznXzEbuXtZBKr_FDojUmqzlm4KxEVHr9ME9kOZs';

describe('the generated validators', () => {
  it('import nothing', async () => {
    const document: unknown = parse(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
    if (typeof document !== 'object' || document === null) throw new Error('openapi.yaml is no mapping');
    expect(await validatorsOf(document)).not.toMatch(/\b(import|require)\b/);
  });

  it('take a request with an app id, whatever else it holds', () => {
    expect(isFetchContactsListRequest({ appId: 'wx_demo', more: true })).toBe(true);
    expect(faultOfFetchContactsListRequest({ appId: 'wx_demo' })).toBeUndefined();
  });

  it.each([
    [null, '', 'type'],
    [[], '', 'type'],
    [{}, '/appId', 'required'],
    [{ appId: 1 }, '/appId', 'type'],
    [{ appId: '' }, '/appId', 'pattern'],
    [{ appId: '../canary' }, '/appId', 'pattern'],
  ])('tell where %j is wrong and by which rule', (value, pointer, rule) => {
    expect(isFetchContactsListRequest(value)).toBe(false);
    expect(faultOfFetchContactsListRequest(value)).toMatchObject({ pointer, rule });
  });

  it('never tell the value', () => {
    expect(JSON.stringify(faultOfFetchContactsListRequest({ appId: '../canary' }))).not.toContain('canary');
  });

  it('know the forms of the path and query parameters', () => {
    expect([isAppId('wx_demo'), isAppId('a'.repeat(129)), isAppId('wx\n'), isAppId(undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect([isRefreshId('0t6b3xk-4k9q2m7c1x8v5z0a'), isRefreshId('0t6b3xk')]).toEqual([true, false]);
    expect([isSince(digest), isSince(`W/"${digest}"`), isSince(`"${digest}`)]).toEqual([true, true, false]);
  });
});

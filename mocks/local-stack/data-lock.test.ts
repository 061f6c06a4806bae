import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockData } from './data-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gewe-contacts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('lets one holder have a folder', async () => {
  const lock = await lockData(folder);
  await expect(lockData(folder)).rejects.toThrow(`${folder} is in use by another npm start`);
  await lock.release();
});

it('can be taken again after its release', async () => {
  await (await lockData(folder)).release();
  await (await lockData(folder)).release();
});

it('makes the folder, and knows it by another name', async () => {
  const lock = await lockData(join(folder, 'data'));
  await expect(lockData(join(folder, 'data', '..', 'data'))).rejects.toThrow('in use');
  await lock.release();
});

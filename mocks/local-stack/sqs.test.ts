import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createBodyStore } from '../../lib/aws/s3/body-store.ts';
import { bodyKeptMs } from '../../lib/callbacks/forward-rules.ts';
import { localAws } from './local-aws.ts';
import { startSqs } from './sqs.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'gewe-contacts-bucket-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

/** Serves the bucket until `use` has ended. */
async function withBucket<T>(use: (store: ReturnType<typeof createBodyStore>) => Promise<T>): Promise<T> {
  const served = await startSqs({ path, queues: [], buckets: ['bodies'] });
  try {
    return await use(createBodyStore({ name: 'bodies', location: { ...localAws, endpoint: served.url } }));
  } finally {
    await served.close();
  }
}

it('gives bodies back after a restart, until they have expired', async () => {
  await withBucket(async (store) => {
    for (const name of ['fresh', 'old']) await store.put(name, `sealed ${name}`);
  });
  const db = new DatabaseSync(join(path, 'fauxqs.db'));
  const atMs = Date.now() - bodyKeptMs - 1_000;
  db.prepare("UPDATE s3_objects SET last_modified = ? WHERE key = 'old'").run(new Date(atMs).toISOString());
  db.close();
  const left = await withBucket((store) => Promise.all(['fresh', 'old'].map((name) => store.get(name))));
  expect(left).toEqual(['sealed fresh', undefined]);
});

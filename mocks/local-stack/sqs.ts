import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { buildApp } from 'fauxqs';
import { bodyKeptMs } from '../../lib/callbacks/forward-rules.ts';
// fauxqs gives no access to what keeps its queues but through a starter that listens on all interfaces.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js';
import { type SqsQueue, SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { localArn } from './local-aws.ts';
import { keepTraceHeaders } from './sqs-trace.ts';

/** A queue to be made. */
export interface LocalQueue {
  readonly name: string;
  readonly visibilityTimeoutS: number;
  /** With both: after so many receives a message goes there. */
  readonly maxReceiveCount?: number;
  readonly deadLetterName?: string;
}

/** A part of the local stack that is up. */
export interface LocalSqs {
  /** `http://127.0.0.1:<port>`, of S3 as of SQS. */
  readonly url: string;
  /** Messages that were there when it started. */
  readonly kept: number;
  /** The same after a restart on the same port. Throws on a name that was not asked for. */
  queueUrl(name: string): string;
  close(): Promise<void>;
}

/**
 * The protocols of SQS and S3 on 127.0.0.1, by fauxqs. `port`: 0 lets the system choose. `path`: a folder to keep queues and
 * buckets in, which one process at a time may open; in memory when absent. What was acknowledged outlives the end of the
 * process, however it ends; objects expire when it starts. Rejects when the port is taken.
 */
export async function startSqs({
  port = 0,
  path,
  queues,
  buckets = [],
}: {
  readonly port?: number;
  readonly path?: string;
  readonly queues: readonly LocalQueue[];
  /** Their names. */
  readonly buckets?: readonly string[];
}): Promise<LocalSqs> {
  const sqsStore = new SqsStore();
  const s3Store = new S3Store();
  const kept = path === undefined ? undefined : openKept(path, sqsStore, s3Store);
  const names = new Set(queues.map(({ name }) => name));
  for (const queue of queues) {
    const attributes = attributesOf(queue);
    const known = sqsStore.getQueueByName(queue.name);
    if (known) known.setAttributes(attributes);
    // The host in it is never used: clients have the URL from `queueUrl`.
    else
      sqsStore.createQueue(
        queue.name,
        `/000000000000/${queue.name}`,
        localArn('sqs', queue.name),
        attributes,
      );
  }
  for (const bucket of buckets) s3Store.createBucket(bucket);
  if (kept) for (const queue of sqsStore.allQueues()) moveAtOnce(queue, kept.db);
  const held = [...sqsStore.allQueues()].flatMap((queue) => Object.values(queue.inspectMessages()).flat());
  const stores = { sqsStore, snsStore: new SnsStore(), s3Store };
  const app = buildApp({ logger: false, stores });
  keepTraceHeaders(app, sqsStore.allQueues());
  const close = async () => {
    await app.close();
    kept?.db.close();
  };
  try {
    const url = await app.listen({ port, host: '127.0.0.1' });
    return {
      url,
      kept: held.length,
      queueUrl(name) {
        if (!names.has(name)) throw new Error(`no queue ${name}: there are ${[...names].join(', ')}`);
        return `${url}/000000000000/${name}`;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function attributesOf({ visibilityTimeoutS, maxReceiveCount, deadLetterName }: LocalQueue) {
  const redrive = deadLetterName !== undefined && maxReceiveCount !== undefined;
  return {
    VisibilityTimeout: String(visibilityTimeoutS),
    ...(redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: localArn('sqs', deadLetterName),
        maxReceiveCount,
      }),
    }),
  };
}

/** Loads what an earlier process kept, and keeps what changes from now on. */
function openKept(path: string, store: SqsStore, s3Store: S3Store): { readonly db: DatabaseSync } {
  mkdirSync(path, { recursive: true });
  const manager = new PersistenceManager(path);
  const db: DatabaseSync = Reflect.get(manager, 'db');
  // A killed process loses nothing by that, only a machine that loses power: and a commit takes microseconds.
  db.exec('PRAGMA synchronous = NORMAL');
  // Nobody works any more on what an earlier process had in flight: it is visible at once, as if it had not been received.
  db.exec(
    `UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
      approximate_receive_count = approximate_receive_count - 1 WHERE receipt_handle IS NOT NULL`,
  );
  db.prepare('DELETE FROM s3_objects WHERE last_modified < ?').run(
    new Date(Date.now() - bodyKeptMs).toISOString(),
  );
  // fauxqs 2.4.1 sets the receive count to null here, which its own table refuses: the message would be gone until the next start.
  const ready = db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  manager.updateMessageReady = (messageId) => void ready.run(messageId);
  manager.load(store, new SnsStore(), s3Store);
  store.persistence = manager;
  s3Store.persistence = manager;
  for (const queue of store.allQueues()) queue.persistence = manager;
  return { db };
}

/**
 * fauxqs deletes a message from its queue, and then puts it among the dead letters: a process that dies between the two would lose
 * it. One transaction does both.
 */
function moveAtOnce(queue: SqsQueue, db: DatabaseSync): void {
  const dequeue = queue.dequeue.bind(queue);
  queue.dequeue = (...args) => {
    db.exec('BEGIN');
    try {
      return dequeue(...args);
    } finally {
      db.exec('COMMIT');
    }
  };
}

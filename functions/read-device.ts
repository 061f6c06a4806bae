import { createChangeStore } from '../lib/aws/dynamodb/change-store.ts';
import { createChatroomStore } from '../lib/aws/dynamodb/chatroom-store.ts';
import { createRecordStore } from '../lib/aws/dynamodb/record-store.ts';
import { createSnapshotStore } from '../lib/aws/dynamodb/snapshot-store.ts';
import { readChatrooms } from '../lib/chatrooms/read.ts';
import { deviceOf } from '../lib/http/caller.ts';
import { changesAnswer, sinceOf } from '../lib/http/changes-answer.ts';
import { chatroomsAnswer, pageOf } from '../lib/http/chatrooms-answer.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { readChanges } from '../lib/refresh/read.ts';
import { callersFrom, readConfig } from '../lib/settings/read-settings.ts';
import { systemClock as clock } from '../lib/system/clock.ts';
import { newNonce } from '../lib/system/random.ts';
import { reportFrom } from '../lib/telemetry/report.ts';
import { tableFrom } from './wiring.ts';

const { ports, allowedTokenHashes, report } = readConfig(process.env, (read) => {
  const table = tableFrom(read);
  const ports = {
    records: createRecordStore(table, newNonce),
    snapshots: createSnapshotStore(table),
    changes: createChangeStore(table, clock),
    chatrooms: createChatroomStore(table, newNonce, clock),
  };
  return { ports, ...callersFrom(read), report: reportFrom(read) };
});

/**
 * What is kept of a device beside its list. The route decides: `getChatrooms`, saved and discovered rooms, a page of them (200, 404), or
 * `getChanges`, what came and went since a list the caller has (200, 404, 410), both of the REST API (`openapi.yaml`). It only reads.
 */
export const handler = httpHandler(async (request) => {
  const { deviceKey } = deviceOf(request, allowedTokenHashes);
  if (request.route === '/v1/devices/{appId}/chatrooms') {
    const page = pageOf(request);
    return chatroomsAnswer(await readChatrooms(deviceKey, page, ports), page);
  }
  const since = sinceOf(request);
  return changesAnswer(since, await readChanges(deviceKey, since, ports));
}, report);

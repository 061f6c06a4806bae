import { readChatrooms } from '../lib/chatrooms/read.ts';
import { deviceKeyOf } from '../lib/device/keys.ts';
import { chatroomsAnswer, pageOf } from '../lib/http/chatrooms-answer.ts';
import { secretOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeRoomReader } from './compose-callbacks.ts';

const { ports, allowedTokenHashes, report } = composeRoomReader(process.env);

/** Saved and discovered rooms, a page of them: `getChatrooms` of the resource (200, 404; `openapi.yaml`). It only reads. */
export const handler = httpHandler(async (event) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  const page = pageOf(event);
  return chatroomsAnswer(await readChatrooms(deviceKeyOf(token, appId), page, ports), page);
}, report);

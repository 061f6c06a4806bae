import type { CallbackSetting } from '../callbacks/redirect.ts';
import type { CallReader, PassedAnswer, PassedCall } from '../pass-through/call.ts';
import { isObject, type JsonObject, parseEnvelope, parseJson } from './envelope.ts';

/**
 * Calls after which the contact list can be another one, by the ends of their paths. Sources: GeWe's documentation (联系人模块,
 * 群模块, 企微模块), as public clients record it; each of these is a call of `gewechat-client` or of another published client.
 *
 * Left out: calls that change names, remarks or permissions alone (the list has ids only); `createChatroom`, `joinRoomUsingQRCode` and
 * `agreeJoinRoom`, because a room that one has come into is not saved to contacts by that; what is only asked.
 */
export const changingCalls: ReadonlySet<string> = new Set([
  // Asks, accepts or refuses (`option` 2, 3, 4); whoever needs no confirmation is a friend at once.
  'contacts/addContacts',
  'contacts/deleteFriend',
  // As addContacts does.
  'group/addGroupMemberAsFriend',
  // Friends of WeCom, whose ids end in @openim.
  'im/add',
  // Saves a room to contacts or takes it from there (`operType` 3, 2).
  'group/saveContractList',
  'group/quitChatroom',
  'group/disbandChatroom',
]);

/** The hosted service's, and that of self-hosted builds. Source: GeWe's documentation of both. */
const callbackCalls: ReadonlySet<string> = new Set(['login/setCallback', 'tools/setCallback']);

/** Reads of calls that are passed through what matters here, and of GeWe's answers whether they say success. */
export const callReader: CallReader = { callbackSettingOf, deviceToChange, saysSuccess };

function callbackSettingOf(call: PassedCall): CallbackSetting | undefined {
  if (!callbackCalls.has(nameOf(call))) return undefined;
  const { token, callbackUrl } = membersOf(call.body);
  return {
    ...(typeof token === 'string' && { token }),
    ...(typeof callbackUrl === 'string' && { callbackUrl }),
  };
}

function deviceToChange(call: PassedCall): string | undefined {
  if (!changingCalls.has(nameOf(call))) return undefined;
  const { appId } = membersOf(call.body);
  return typeof appId === 'string' && appIdForm.test(appId) ? appId : undefined;
}

function saysSuccess({ httpStatus, body }: PassedAnswer): boolean {
  return parseEnvelope({ httpStatus, body }).kind === 'success';
}

/** As in `openapi.yaml`. */
const appIdForm = /^[A-Za-z0-9_-]{1,128}$/;

function nameOf({ group, operation }: PassedCall): string {
  return `${group}/${operation}`;
}

/** Of a body that is a JSON object; none of any other. */
function membersOf(body: Uint8Array): JsonObject {
  const json = parseJson(new TextDecoder().decode(body))?.value;
  return isObject(json) ? json : {};
}

import type { NothingStoredEnvelope } from '../lib/contract/types.generated.ts';
import { deviceKeyOf } from '../lib/device/keys.ts';
import { faultAnswer, json } from '../lib/http/answer.ts';
import { namesDigest } from '../lib/http/conditional.ts';
import { Fault } from '../lib/http/faults.ts';
import { listAnswer, listHeaders } from '../lib/http/list-answer.ts';
import { headerOf, secretOf, surfaceOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { readContacts } from '../lib/refresh/read.ts';
import { composeReader } from './compose.ts';

const { ports, allowedTokenHashes, clock, report } = composeReader(process.env);

/**
 * The stored list, at once: `fetchContactsListCache` of GeWe's own surface, and `getContacts` of the resource (200, 304,
 * 404; `openapi.yaml`). It calls nobody but the table, and writes nothing.
 */
export const handler = httpHandler(async (event) => {
  const { token, appId } = secretOf(event, allowedTokenHashes);
  const surface = surfaceOf(event);
  const ifNoneMatch = surface === 'rest' ? headerOf(event, 'if-none-match') : undefined;
  const stored = await readContacts(deviceKeyOf(token, appId), ports, (digest) =>
    namesDigest(ifNoneMatch, digest),
  );
  switch (stored.kind) {
    case 'list':
      return listAnswer(stored, headerOf(event, 'accept-encoding'), clock.now(), 'hit');
    case 'known':
      return { statusCode: 304, headers: listHeaders(stored.snapshot, clock.now(), 'hit') };
    case 'nothing':
      return surface === 'gewe'
        ? json<NothingStoredEnvelope>(200, { ret: 200, msg: '操作成功' })
        : faultAnswer(new Fault('nothing-stored'), surface, {}, { start: 'contacts/refreshes' });
  }
}, report);

import type { Changes } from '../contract/types.generated.ts';
import { isSince } from '../contract/validators.generated.js';
import type { ChangesSince } from '../refresh/read.ts';
import { type Answer, faultAnswer, json, timeOf } from './answer.ts';
import { Fault } from './faults.ts';
import type { HttpRequest } from './request.ts';

/** The digest in `since`, bare or as the entity tag that carried it. Throws `Fault`. */
export function sinceOf({ query }: HttpRequest): string {
  const { since } = query;
  if (isSince(since)) return since.replace(/^(?:W\/)?"|"$/g, '');
  const detail =
    since === undefined
      ? 'is required'
      : 'must be the digest of a list (43 characters, base64url) or its entity tag';
  throw new Fault('invalid-request', [{ parameter: 'since', detail }]);
}

export function changesAnswer(since: string, changes: ChangesSince): Answer {
  switch (changes.kind) {
    case 'nothing':
      return faultAnswer(new Fault('nothing-stored'), 'rest', {}, { start: 'refreshes' });
    case 'gone':
      return faultAnswer(new Fault('changes-gone'), 'rest');
    case 'changes': {
      const { snapshot, difference } = changes;
      const { added, removed } = difference;
      const body = { from: since, to: snapshot.digest, asOf: timeOf(snapshot.asOfMs), added, removed };
      return json<Changes>(200, body, { 'Cache-Control': 'private, no-cache', Vary: 'X-GEWE-TOKEN' });
    }
  }
}

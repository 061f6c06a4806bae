import type { RefreshMessage } from '../domain/ports.ts';
import { isCount, isText, membersOf } from './message-members.ts';

/**
 * The message in the body of an SQS record; undefined when it is none that `RefreshQueue` sends. Members that are
 * not known are left out.
 */
export function parseMessage(body: string): RefreshMessage | undefined {
  const { kind, deviceKey, refreshId, step, sealed, rev } = membersOf(body);
  if (!isText(deviceKey)) return undefined;
  switch (kind) {
    case 'step':
      return isText(refreshId) && isCount(step) && isText(sealed)
        ? { kind, deviceKey, refreshId, step, sealed }
        : undefined;
    case 'again':
      return isText(sealed) ? { kind, deviceKey, sealed } : undefined;
    case 'erase':
      return isCount(rev) ? { kind, deviceKey, rev } : undefined;
    default:
      return undefined;
  }
}

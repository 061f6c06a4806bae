import type { RefreshMessage } from '../domain/ports.ts';

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

function membersOf(body: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? Object.fromEntries(Object.entries(json)) : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

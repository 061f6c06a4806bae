import { isOpen } from '../lib/device/record.ts';
import { preferencesOf } from '../lib/http/preferences.ts';
import { headerOf, secretOf, surfaceOf } from '../lib/http/request.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { listStartAnswer, resourceStartAnswer } from '../lib/http/start-answer.ts';
import { readContacts } from '../lib/refresh/read.ts';
import { startRefresh } from '../lib/refresh/start.ts';
import { composeStarter } from './compose.ts';

const { ports, reader, allowedTokenHashes, defaultWaitMs, clock, report } = composeStarter(process.env);

/**
 * Starts or joins a refresh: `fetchContactsList` of GeWe's own surface, which waits for the list as clients expect, and
 * `startRefresh` of the resource (202, or 200 when it has ended; `openapi.yaml`).
 */
export const handler = httpHandler(async (event, signal) => {
  const secret = secretOf(event, allowedTokenHashes);
  const surface = surfaceOf(event);
  const preferences = preferencesOf(headerOf(event, 'prefer'));
  const waitMs = preferences.waitMs ?? (surface === 'gewe' ? defaultWaitMs : 0);
  const started = await startRefresh({ secret, trigger: 'api', waitMs }, ports, signal);
  report.log.info('refresh requested', {
    deviceKey: started.deviceKey,
    refreshId: started.refresh.id,
    how: started.how,
  });
  if (surface === 'rest') return resourceStartAnswer(started, preferences, clock.now());
  const stored = isOpen(started.refresh) ? undefined : await readContacts(started.deviceKey, reader);
  return listStartAnswer(started, stored, preferences, headerOf(event, 'accept-encoding'), clock.now());
}, report);

import { unroutedAnswer } from '../lib/http/routes.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { readConfig } from '../lib/settings/read-settings.ts';
import { reportFrom } from '../lib/telemetry/report.ts';

/** Whatever no other route takes: 404, or 405 with the methods that the path knows. */
export const handler = httpHandler(
  async (request) => unroutedAnswer(request),
  readConfig(process.env, reportFrom),
);

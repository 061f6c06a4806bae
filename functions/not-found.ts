import { faultAnswer } from '../lib/http/answer.ts';
import { Fault } from '../lib/http/faults.ts';
import { surfaceOf } from '../lib/http/request.ts';
import { methodsAt } from '../lib/http/routes.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeReport } from './compose.ts';

/** Whatever no other route takes: 404, or 405 with the methods that the path knows. */
export const handler = httpHandler(async (event) => {
  const methods = methodsAt(event.rawPath);
  // The gateway chooses a route before it decodes the path: one that was written with escapes has come here with a method that it knows.
  const isKnown = methods?.includes(event.requestContext.http.method);
  if (methods === undefined || isKnown) return faultAnswer(new Fault('not-found'), surfaceOf(event));
  return faultAnswer(new Fault('method-not-allowed'), surfaceOf(event), { Allow: methods.join(', ') });
}, composeReport(process.env));

import { faultAnswer } from '../lib/http/answer.ts';
import { Fault } from '../lib/http/faults.ts';
import { surfaceOf } from '../lib/http/request.ts';
import { methodsAt } from '../lib/http/routes.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { composeReport } from './compose.ts';

/** Whatever no other route takes: 404, or 405 with the methods that the path knows. */
export const handler = httpHandler(async (event) => {
  const methods = methodsAt(event.rawPath);
  if (methods === undefined) return faultAnswer(new Fault('not-found'), surfaceOf(event));
  return faultAnswer(new Fault('method-not-allowed'), surfaceOf(event), { Allow: methods.join(', ') });
}, composeReport(process.env));

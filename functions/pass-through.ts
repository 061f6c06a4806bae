import { callbackHostOf } from '../lib/http/callback-answer.ts';
import { passedAnswer, passedCallOf } from '../lib/http/passed-call.ts';
import { httpHandler } from '../lib/http/stack.ts';
import { passThrough } from '../lib/pass-through/pass-through.ts';
import { composePass } from './compose-pass.ts';

const { ports, publicBaseUrl, report, ...terms } = composePass(process.env);

/**
 * Every call of GeWe's that this service does not answer itself: `passThrough` of GeWe's own surface (`openapi.yaml`). GeWe's status and
 * bytes come back; what could not be passed is an envelope with HTTP 200.
 */
export const handler = httpHandler(async (event, signal) => {
  const call = passedCallOf(event, terms);
  const hostOf = () => callbackHostOf(event, publicBaseUrl);
  return passedAnswer(await passThrough(call, hostOf, ports, signal));
}, report);

'use strict';
// One case of bench/pass-through.ts, in a process of its own: what loading and a first call cost, and then a call of many. Plain
// CommonJS, as a deployed function is: to strip types would be part of what is measured. Tells one line of JSON on stderr.
const startedAt = { cpu: process.cpuUsage(), ms: performance.now() };
const assert = require('node:assert/strict');
const [variant, geweUrl, bundle, sent, expected] = process.argv.slice(2);

/** Loads what the variant needs, and gives what makes one call and resolves with the text of its answer. */
const variants = {
  /** A handler that does nothing: what the process and the measuring cost. */
  empty: () => async () => expected,
  /** What a client does that calls GeWe itself: one request on a kept connection. */
  direct() {
    const { Agent, request } = require('node:http');
    const agent = new Agent({ keepAlive: true });
    const headers = {
      'X-GEWE-TOKEN': 't',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(sent),
    };
    return () =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          `${geweUrl}/gewe/v2/api/message/postText`,
          { method: 'POST', agent, headers },
          (incoming) => {
            const chunks = [];
            incoming.on('data', (chunk) => chunks.push(chunk));
            incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
          },
        );
        outgoing.on('error', reject);
        outgoing.end(sent);
      });
  },
  /** The deployed function. */
  passed() {
    const { handler } = require(bundle);
    const route = 'POST /gewe/v2/api/{group}/{operation}';
    const path = '/gewe/v2/api/message/postText';
    const http = { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: '' };
    const event = {
      version: '2.0',
      routeKey: route,
      rawPath: path,
      rawQueryString: '',
      headers: { 'x-gewe-token': 't', 'content-type': 'application/json' },
      pathParameters: { group: 'message', operation: 'postText' },
      body: sent,
      isBase64Encoded: false,
      requestContext: { domainName: 'api.example', http, routeKey: route, stage: '$default' },
    };
    const context = { getRemainingTimeInMillis: () => 29_000 };
    return async () => {
      const answer = await handler(event, context);
      assert.equal(answer.statusCode, 200);
      return Buffer.from(answer.body, 'base64').toString('utf8');
    };
  },
};

const warmUps = 300;
const calls = 1_000;

async function main() {
  const call = variants[variant]();
  assert.equal(await call(), expected);
  const cold = { cpuMs: cpuMsSince(startedAt.cpu), ms: performance.now() - startedAt.ms };

  for (let nth = 0; nth < warmUps; nth += 1) await call();
  const cpu = process.cpuUsage();
  const took = [];
  for (let nth = 0; nth < calls; nth += 1) {
    const at = performance.now();
    assert.equal(await call(), expected);
    took.push((performance.now() - at) * 1_000);
  }
  const warm = { us: took.sort((a, b) => a - b)[calls / 2], cpuUs: (cpuMsSince(cpu) * 1_000) / calls };
  process.stderr.write(`${JSON.stringify({ cold, warm })}\n`);
  process.exit(0);
}

function cpuMsSince(from) {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

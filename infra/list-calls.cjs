'use strict';

/** In 512 MB; what such a run needs is measured in tests/list-memory.test.ts. */
const mostPerRun = 50;
/** AWS takes no smaller `maximumConcurrency` of a mapping. */
const fewestRuns = 2;
/** Most messages that SQS gives at once. */
const mostAtOnce = 10;

/** How so many list calls are spread over the runs of fetch-contacts. */
function spread(maxListCalls) {
  const runs = Math.max(fewestRuns, Math.ceil(maxListCalls / mostPerRun));
  const perRun = Math.max(1, Math.floor(maxListCalls / runs));
  return { runs, perRun, batchSize: Math.min(mostAtOnce, perRun) };
}

/** What serverless.yml and the local stack read: a wrong value was refused before, where it is explained. */
module.exports = () => spread(Number(process.env.MAX_LIST_CALLS?.trim() || 100) || 100);
module.exports.spread = spread;

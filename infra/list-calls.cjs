'use strict';

// How MAX_LIST_CALLS is spread over the runs of fetch-contacts. serverless.yml and the local stack read it.

/** In 512 MB; what such a run needs is measured in tests/list-memory.test.ts. */
const mostPerRun = 50;
/** AWS takes no smaller `maximumConcurrency` of a mapping. */
const fewestRuns = 2;
/** Most messages that SQS gives at once. */
const mostAtOnce = 10;

// A wrong value is refused before a deploy and before the local stack starts, where it is explained.
const maxListCalls = Number(process.env.MAX_LIST_CALLS?.trim() || 100) || 100;
const runs = Math.max(fewestRuns, Math.ceil(maxListCalls / mostPerRun));
const perRun = Math.max(1, Math.floor(maxListCalls / runs));

module.exports = { runs, perRun, batchSize: Math.min(mostAtOnce, perRun) };

'use strict';
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

/** The commands that make or change what is deployed. */
const checked = new Set(['deploy', 'deploy function', 'package']);

/**
 * Stops `serverless deploy` and `serverless package` before they do anything when a setting is wrong or missing, with
 * one line that names every fault. Plain JavaScript, because deploying is not bound to a Node that reads TypeScript;
 * the rules stand in check-settings.ts, which the lockfile's Node runs.
 */
module.exports = class CheckPlugin {
  constructor(serverless) {
    this.hooks = {
      initialize: () => {
        const command = serverless.processedInput.commands.join(' ');
        if (!checked.has(command)) return;
        const { demandsTokenHashes } = serverless.service.custom.stage;
        const script = join(__dirname, 'check-settings.ts');
        const options = [command, ...(demandsTokenHashes ? ['--demands-token-hashes'] : [])];
        const { status, stderr } = spawnSync(require.resolve('node/bin/node'), [script, ...options], {
          encoding: 'utf8',
        });
        if (status !== 0) throw new serverless.classes.Error(stderr.trim(), 'WRONG_SETTINGS');
      },
    };
  }
};

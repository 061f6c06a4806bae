'use strict';
const { join } = require('node:path');
const esbuild = require('esbuild');

/**
 * Fits serverless-offline into the local stack (mocks/start.ts, which starts it as a child process with an IPC
 * channel). Does nothing in any other command. Plain JavaScript, because deploying is not bound to a Node that
 * reads TypeScript; what is more than wiring stands in gateway.ts.
 */
module.exports = class LocalStackPlugin {
  constructor(serverless) {
    this.hooks = {
      'before:offline:start:init': async () => {
        endWithParent();
        // serverless-esbuild keeps the bundler's process (350 MB) for changes to the sources, which are not watched.
        await esbuild.stop();
        resolveReferences(serverless.service.functions);
        loadFunctions(serverless);
        leaveSchedules(serverless.service.functions);
      },
      'after:offline:start:init': async () => {
        const { mendGateway, mendProcess } = await import('./gateway.ts');
        const offline = serverless.pluginManager.plugins.find(({ internals }) => internals);
        await mendGateway(offline.internals().getApiGatewayServer());
        mendProcess();
        process.send?.('ready');
      },
    };
  }
};

/** The parent may die in a way that lets it say nothing (kill -9): then this process goes too. */
function endWithParent() {
  if (process.connected === false) process.exit(0);
  process.on('disconnect', () => process.exit(0));
}

/**
 * serverless-offline hands references that only CloudFormation can resolve on as `[object Object]`. LOCAL_RESOURCES
 * says what stands here for the table and the queues. What refers to anything else is left out: the sealing keyring
 * is no secret of Secrets Manager here, but in the environment of this process (SEALING_KEYRING).
 */
function resolveReferences(functions) {
  const resources = JSON.parse(process.env.LOCAL_RESOURCES ?? '{}');
  for (const { environment = {} } of Object.values(functions)) {
    for (const [name, value] of Object.entries(environment)) {
      if (typeof value === 'string') continue;
      if (resources[value.Ref] === undefined) delete environment[name];
      else environment[name] = resources[value.Ref];
    }
  }
}

/** serverless-offline would run them, too, with events of its own: schedule.ts does it. */
function leaveSchedules(functions) {
  for (const called of Object.values(functions)) {
    called.events = called.events.filter(({ schedule }) => schedule === undefined);
  }
}

/**
 * Loads every function with its own environment now, and not at its first request: serverless-offline loads several at
 * a time, in one process, whose environment is that of the last one asked for. Wrong settings end the start here.
 */
function loadFunctions({ serviceDir, service }) {
  const folder = join(serviceDir, service.custom['serverless-offline'].location);
  for (const { handler, environment } of Object.values(service.functions)) {
    Object.assign(process.env, service.provider.environment, environment);
    require(join(folder, handler.replace(/\.\w+$/, '.cjs')));
  }
}

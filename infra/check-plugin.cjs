'use strict';
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { join } = require('node:path');

/** The commands that make or change what is deployed. */
const checked = new Set(['deploy', 'deploy function', 'package']);

/** One attempt each of two: what cannot be asked must not hold up a deploy. */
const soon = { maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000 } };

/**
 * Stops `serverless deploy` and `serverless package` before they do anything when a setting is wrong or missing, or (`deploy`)
 * when the account does not allow what is set, with one line that names every fault. After a deploy it protects the table.
 *
 * Plain JavaScript, because deploying is not bound to a Node that reads TypeScript; the rules stand in check-settings.ts and
 * check-account.ts, which the lockfile's Node runs.
 */
module.exports = class CheckPlugin {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.hooks = {
      initialize: async () => {
        const command = serverless.processedInput.commands.join(' ');
        if (!checked.has(command)) return;
        const { demandsTokenHashes } = serverless.service.custom.stage;
        const options = [command, ...(demandsTokenHashes ? ['--demands-token-hashes'] : [])];
        this.check('check-settings.ts', options, JSON.stringify(environmentsOf(serverless.service)));
        if (command === 'deploy') await this.checkAccount();
      },
      'after:deploy:deploy': () => this.protectTable(),
    };
  }

  /** Throws what the script says on standard error. */
  check(script, options, input) {
    const { status, stderr } = spawnSync(
      require.resolve('node/bin/node'),
      [join(__dirname, script), ...options],
      { encoding: 'utf8', input },
    );
    if (status !== 0) throw new this.serverless.classes.Error(stderr.trim(), 'WRONG_SETTINGS');
  }

  async checkAccount() {
    let asked;
    try {
      asked = await this.askAccount();
    } catch (error) {
      this.log.notice(
        `What the account allows was not checked: lambda:GetAccountSettings failed (${error.name}: ${error.message})`,
      );
      return;
    }
    this.check('check-account.ts', [], JSON.stringify(asked));
  }

  async askAccount() {
    const { service } = this.serverless;
    // The Serverless Framework's own client.
    const { LambdaClient, GetAccountSettingsCommand, GetFunctionConcurrencyCommand } = createRequire(
      require.resolve('serverless/package.json'),
    )('@aws-sdk/client-lambda');
    const lambda = new LambdaClient(await this.serverless.getProvider('aws').getAwsSdkV3Config(soon));
    const { AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({}));
    const functions = Object.values(service.functions);
    const polled = sum(functions.flatMap(({ events }) => events.map(({ sqs }) => sqs?.maximumConcurrency)));
    const reserving = functions.filter(({ reservedConcurrency }) => reservedConcurrency != null);
    const reservedNow = await Promise.all(
      reserving.map(async ({ name }) => {
        try {
          const answer = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
          return answer.ReservedConcurrentExecutions;
        } catch {
          // Not there yet, or nobody is allowed to ask: then what is unreserved counts as it stands.
          return 0;
        }
      }),
    );
    const reserved = sum(reserving.map(({ reservedConcurrency }) => reservedConcurrency));
    return { needs: { polled, reserved, reservedNow: sum(reservedNow) }, limit };
  }

  /**
   * Deletion protection is not in the template: a table that has it could not be taken back when a first deploy fails, and
   * would be in the way of the next one.
   */
  async protectTable() {
    const { stage, names } = this.serverless.service.custom;
    if (!stage.deletionProtection) return;
    const { DynamoDBClient, DescribeTableCommand, UpdateTableCommand } = require('@aws-sdk/client-dynamodb');
    const client = new DynamoDBClient(await this.serverless.getProvider('aws').getAwsSdkV3Config());
    try {
      const { Table: table } = await client.send(new DescribeTableCommand({ TableName: names.table }));
      if (table.DeletionProtectionEnabled) return;
      await client.send(new UpdateTableCommand({ TableName: names.table, DeletionProtectionEnabled: true }));
      this.log.notice(`The table ${names.table} has deletion protection`);
    } catch (error) {
      throw new this.serverless.classes.Error(
        `The stack is deployed, but its table ${names.table} has no deletion protection (${error.name}: ${error.message}): deploy again`,
        'TABLE_NOT_PROTECTED',
      );
    }
  }
};

/** The variables of every function; null where only CloudFormation knows the value. */
function environmentsOf({ provider, functions }) {
  return Object.fromEntries(
    Object.entries(functions).map(([key, { environment }]) => {
      const variables = Object.entries({ ...provider.environment, ...environment });
      const texts = variables.map(([name, value]) => [
        name,
        typeof value === 'object' ? null : String(value),
      ]);
      return [key, Object.fromEntries(texts)];
    }),
  );
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + Number(number ?? 0), 0);
}

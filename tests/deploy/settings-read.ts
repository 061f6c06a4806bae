import { join } from 'node:path';
import { ConfigError } from '../../lib/settings/read-settings.ts';
import { settings } from '../../lib/settings/wiring-settings.ts';

// `node settings-read.ts FUNCTION...`: prints, as JSON, which settings each of these modules of functions/ reads when it
// is loaded, as far as somebody has to hand them over. With nothing set it reads all that it ever reads, says what it
// lacks in a `ConfigError`, and calls nobody.

/** What Lambda sets. */
const lambdaSets: NodeJS.ProcessEnv = { AWS_REGION: 'us-east-1' };
/** What stands for the secret, and what lets callbacks go to bots, on one machine. */
const localOnly = ['SEALING_KEYRING', 'FORWARD_TO_LOOPBACK'];
const names = settings
  .map(({ name }) => name)
  .filter((name) => !(name in lambdaSets) && !localOnly.includes(name));

const found: Record<string, readonly string[]> = {};
for (const name of process.argv.slice(2)) {
  const asked = new Set<string>();
  process.env = new Proxy(lambdaSets, {
    get(env, key) {
      asked.add(String(key));
      return env[String(key)];
    },
  });
  try {
    await import(join(import.meta.dirname, '../../functions', `${name}.ts`));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  found[name] = names.filter((setting) => asked.has(setting));
}
console.log(JSON.stringify(found));

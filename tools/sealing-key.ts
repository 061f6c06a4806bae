import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { keyringForm, type PrivateJwk, type PublicJwk, parseKeyring } from '../lib/sealing/jwk.ts';
import { newSealingKey } from '../lib/sealing/sealing-key.ts';

const help = `npm run sealing-key: makes and rotates the keys that tokens are sealed with.

  npm run sealing-key                          prints a new public key and its keyring
  npm run sealing-key -- --out keyring.json    writes a new keyring into a file that is not there yet
  npm run sealing-key -- --add keyring.json    puts a new key in front of those in the file
  npm run sealing-key -- --retire keyring.json drops all keys of the file but the first
  npm run sealing-key -- --public keyring.json changes nothing

Each prints the public half of the first key on standard output: SEALING_PUBLIC_KEY, of the functions that seal.
The keyring is the text of the secret in Secrets Manager, which three functions read (on one machine: SEALING_KEYRING).
Put it there from its file (aws secretsmanager put-secret-value --secret-string file://keyring.json): a command line can
be read by every process of the machine. To rotate: --add, put the keyring into the secret, then deploy the new public
key; --retire when all that was sealed with the older keys is gone, after the retention of the queues (docs/deploy.md).`;

const options = {
  help: { type: 'boolean' },
  out: { type: 'string' },
  add: { type: 'string' },
  retire: { type: 'string' },
  public: { type: 'string' },
} as const;

async function run(args: readonly string[]): Promise<string> {
  const { help: wantsHelp, ...files } = parseArgs({ args: [...args], options }).values;
  if (wantsHelp) return help;
  if (Object.keys(files).length > 1) throw new Error('Say one of --out, --add, --retire and --public.');
  if (files.public !== undefined) return publicText(keysIn(files.public));
  if (files.retire !== undefined) return keep(files.retire, keysIn(files.retire).slice(0, 1));
  const older = files.add === undefined ? [] : keysIn(files.add);
  const keys = [(await newSealingKey()).privateKey, ...older];
  if (files.out !== undefined && existsSync(files.out)) throw new Error(`${files.out} is there already.`);
  const file = files.out ?? files.add;
  if (file !== undefined) return keep(file, keys);
  console.error('The public half, SEALING_PUBLIC_KEY, and the keyring, a secret:');
  return `${publicText(keys)}\n${keyringText(keys)}`;
}

/** Of the first key, on one line. */
function publicText([first]: readonly PrivateJwk[]): string {
  if (first === undefined) throw new Error('no key');
  const { d: _private, ...half } = first;
  return JSON.stringify(half satisfies PublicJwk);
}

function keyringText(keys: readonly PrivateJwk[]): string {
  return JSON.stringify({ keys });
}

function keysIn(file: string): readonly PrivateJwk[] {
  const keys = parseKeyring(readFileSync(file, 'utf8'));
  if (keys === undefined) throw new Error(`${file} is not ${keyringForm}`);
  return keys;
}

/** Renamed into its place, for its owner alone: a crash never leaves half a keyring. */
function keep(file: string, keys: readonly PrivateJwk[]): string {
  writeFileSync(`${file}.new`, keyringText(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return publicText(keys);
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

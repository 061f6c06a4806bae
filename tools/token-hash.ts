import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

const help = `npm run token-hash: prints the hash of a GeWe token, for ALLOWED_TOKEN_HASHES.

The token is read from standard input, or asked for; never give it as an argument, where the shell's history and
the list of processes keep it.`;

/** The first line of standard input; what is typed into a terminal is not shown. */
async function readToken(): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write('Token: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal });
  for await (const line of lines) {
    if (terminal) process.stderr.write('\n');
    lines.close();
    return line.trim();
  }
  return '';
}

if (process.argv.includes('--help')) {
  console.log(help);
} else if (process.argv.length > 2) {
  console.error('Give the token on standard input, not as an argument.');
  process.exitCode = 1;
} else {
  const token = await readToken();
  if (/^[\x21-\x7e]{1,512}$/.test(token)) {
    console.log(createHash('sha256').update(token).digest('hex'));
  } else {
    console.error('A token is 1 to 512 visible ASCII characters without a space.');
    process.exitCode = 1;
  }
}

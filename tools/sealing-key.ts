import { newSealingKey } from '../lib/runtime/sealing-key.ts';

const help = `npm run sealing-key: makes a new key pair that tokens are sealed with.

SEALING_PUBLIC_KEY goes to the function that starts refreshes. The keyring goes to the worker alone, as the text of
the secret in Secrets Manager (on one machine: SEALING_KEYRING). To rotate, first put the new private key at the
front of the "keys" that are there and keep the older ones; then switch the public key; drop an older private key
when everything sealed with it is gone: after the retention of the queues.`;

if (process.argv.includes('--help')) {
  console.log(help);
} else {
  const { publicKey, privateKey } = await newSealingKey();
  console.error('The public half, SEALING_PUBLIC_KEY:');
  console.log(JSON.stringify(publicKey));
  console.error('The keyring, a secret:');
  console.log(JSON.stringify({ keys: [privateKey] }));
}

import { Emulator, missing } from './emulator';

declare global {
  var emulator: Emulator | undefined;
}

/**
 * Starts an emulator of AWS for the end-to-end tests, unless `AWS_ENDPOINT_URL` names one. Where this machine
 * lacks something they are skipped, except in CI, where that would go unnoticed.
 */
export default async function setup(): Promise<void> {
  if (process.env.AWS_ENDPOINT_URL) return;
  const lacking = missing().join(' and ');
  if (lacking) {
    const message = `end-to-end tests, since this machine lacks ${lacking}`;
    if (process.env.CI === 'true') throw new Error(`no ${message}`);
    process.stdout.write(`SKIPPED: ${message}\n`);
    return;
  }
  globalThis.emulator = await Emulator.start();
  globalThis.emulator.use();
}

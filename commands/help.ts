import { readFileSync } from 'node:fs';
import { defineCommand } from './command';

/** `npm run help` */
export const command = defineCommand('help', {}, async (_, { stdout }) => {
  stdout.write(readFileSync('help', 'utf8'));
  return 0;
});

import { readFileSync } from 'node:fs';
import { ownFile } from '../topology/own-files';
import { defineCommand } from './command';

/** `npm run help` */
export const command = defineCommand('help', {}, async (_, { stdout }) => {
  stdout.write(readFileSync(ownFile('help'), 'utf8'));
  return 0;
});

import { readFileSync } from 'node:fs';
import { command } from '../../commands/help';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';

const LIST = readFileSync('help', 'utf8');

test('npm run help shows the file help', async () => {
  expect(await runCommand(command)).toEqual({ code: 0, stdout: LIST, stderr: '' });
});

test('the file help lists every script of package.json, and no other', () => {
  const names = [...LIST.matchAll(/^ {4}npm run (\S+)/gm)].map(([, name]) => name);
  expect([...new Set(names)].sort()).toEqual(Object.keys(scripts).sort());
});

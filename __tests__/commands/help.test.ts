import { readFileSync } from 'node:fs';
import { command } from '../../commands/help';
import { COMMANDS } from '../../commands/list';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';

test('the file help is what npm run help shows; npm run --silent help > help writes it', async () => {
  const { stdout } = await runCommand(command);
  expect(stdout).toBe(readFileSync('help', 'utf8'));
});

test('the list has every script of package.json, and no other', () => {
  const usages = Object.values(COMMANDS).flatMap((commands) => Object.keys(commands));
  const names = new Set(usages.map((usage) => usage.split(' ')[0]));
  expect([...names].sort()).toEqual(Object.keys(scripts).sort());
});

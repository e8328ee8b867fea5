import { command, helpFor } from '../../commands/help';
import { scripts as scriptsOfInit } from '../../init/package.json';
import { scripts } from '../../package.json';
import { runCommand } from '../helpers/run-command';

/** The commands that a list has, without what follows their names. */
function commandsIn(list: string): string[] {
  const rows = list.matchAll(/^ {4}(npm run \S+|npx .*?(?= {2}))/gm);
  return [...new Set([...rows].map(([, name = '']) => name))].sort();
}

/** The commands that scripts are run with, but those that npm runs by itself. */
const run = (names: object) =>
  Object.keys(names)
    .filter((name) => !/^(pre|post)/.test(name))
    .map((name) => `npm run ${name}`)
    .sort();

test('npm run help lists every script of package.json, and no other', async () => {
  const { code, stdout, stderr } = await runCommand(command);
  expect({ code, commands: commandsIn(stdout), stderr }).toEqual({
    code: 0,
    commands: run(scripts),
    stderr: '',
  });
});

test('in a project of init, help lists its scripts, and no other', () => {
  expect(commandsIn(helpFor(scriptsOfInit))).toEqual(run(scriptsOfInit));
});

test('before there is one, help lists init, without the headings of other commands', () => {
  const list = helpFor({});
  expect(commandsIn(list)).toEqual(['npx --no-install cross-account-streams init']);
  expect([...list.matchAll(/^ {2}(\S.*):$/gm)].map(([, heading]) => heading)).toEqual([
    'Start',
    'Stacks',
  ]);
});

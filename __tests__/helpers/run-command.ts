import { type Command, execute, type World } from '../../commands/run';

/** Runs a command in this process, with nothing of it but what the test sets. */
export async function runCommand(command: Command, world: Partial<World> = {}) {
  const output = { stdout: '', stderr: '' };
  const code = await execute(command, {
    name: 'test',
    args: [],
    env: {},
    now: new Date('2026-01-08T12:00:00Z'),
    stdout: { write: (text) => (output.stdout += text) },
    stderr: { write: (text) => (output.stderr += text) },
    ...world,
  });
  return { code, ...output };
}

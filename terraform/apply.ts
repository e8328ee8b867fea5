import { ACTIONS, type Failed, type UiMessage } from './messages';
import { PLAN, withPredecessors } from './plan';
import type { Terraform } from './program';

export type Applied =
  | {
      readonly status: 'done';
      readonly failed: false;
      readonly changes: NonNullable<UiMessage['changes']>;
    }
  | Failed;

/** Seconds after which a resource that takes long is printed again. */
const PATIENCE = 60;

/**
 * Applies a stack.
 *
 * @param what the plan in its folder, or whatever the configuration asks for
 */
export async function applyStack(
  terraform: Terraform,
  folder: string,
  what: 'saved plan' | 'configuration',
  say: (line: string) => void,
): Promise<Applied> {
  let changes = { add: 0, change: 0, remove: 0 };
  const args = ['apply', '-json', '-input=false', what === 'saved plan' ? PLAN : '-auto-approve'];
  const { succeeded, errors } = await terraform.run(folder, args, (message) => {
    const line = lineOf(message);
    if (line) say(line);
    if (message.type === 'change_summary' && message.changes) changes = message.changes;
  });
  if (succeeded) return { status: 'done', failed: false, changes };
  // A saved plan reads no state of another stack again, and may destroy.
  const all = what === 'configuration' ? withPredecessors(errors, folder) : errors;
  return { status: 'failed', failed: true, errors: all };
}

/** What somebody who waits wants to know; of all else Terraform's end is enough. */
function lineOf({ type, hook, diagnostic }: UiMessage): string | undefined {
  if (diagnostic) return `warning: ${diagnostic.summary}`;
  if (!hook) return undefined;
  const { resource, action, elapsed_seconds: seconds = 0 } = hook;
  const isDone = type === 'apply_complete';
  const isShown = isDone || (type === 'apply_progress' && seconds % PATIENCE === 0);
  const word = isShown ? ACTIONS[action] : undefined;
  return word && `${resource.addr} ${isDone ? '' : 'is being '}${word}, ${seconds} s`;
}

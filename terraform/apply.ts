import type { Diagnostic, UiMessage } from './messages';
import { PLAN } from './plan';
import type { Terraform } from './program';

export type Applied =
  | {
      readonly status: 'done';
      readonly failed: false;
      readonly changes: NonNullable<UiMessage['changes']>;
    }
  | { readonly status: 'failed'; readonly failed: true; readonly errors: readonly Diagnostic[] };

/** Terraform's words, and ours of what is over and of what goes on. */
const DONE: Readonly<Record<string, string>> = {
  create: 'added',
  update: 'changed',
  delete: 'destroyed',
};
const GOES_ON = {
  create: 'is being added',
  update: 'is being changed',
  delete: 'is being destroyed',
};

/** Seconds after which a resource that takes long is printed again. */
const PATIENCE = 60;

/**
 * Applies a stack.
 *
 * @param args of `terraform apply`: the saved plan, or that it is approved
 * @param say prints a line about the stack
 */
export async function applyStack(
  terraform: Terraform,
  folder: string,
  what: 'saved plan' | 'configuration',
  say: (line: string) => void,
): Promise<Applied> {
  let changes = { add: 0, change: 0, remove: 0 };
  const last = what === 'saved plan' ? PLAN : '-auto-approve';
  const args = ['apply', '-json', '-input=false', last];
  const { succeeded, errors } = await terraform.run(folder, args, (message) => {
    const line = lineOf(message);
    if (line) say(line);
    if (message.type === 'change_summary' && message.changes) changes = message.changes;
  });
  return succeeded
    ? { status: 'done', failed: false, changes }
    : { status: 'failed', failed: true, errors };
}

/** What somebody who waits wants to know; of all else Terraform's end is enough. */
function lineOf({ type, hook, diagnostic }: UiMessage): string | undefined {
  if (diagnostic) return `warning: ${diagnostic.summary}`;
  if (!hook) return undefined;
  const { resource, action, elapsed_seconds: seconds = 0 } = hook;
  const words = type === 'apply_complete' ? DONE[action] : GOES_ON[action as keyof typeof GOES_ON];
  const isShown =
    type === 'apply_complete' || (type === 'apply_progress' && seconds % PATIENCE === 0);
  return isShown && words ? `${resource.addr} ${words}, ${seconds} s` : undefined;
}

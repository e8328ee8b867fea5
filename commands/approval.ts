import { UserError } from '../topology/problem';
import type { World } from './run';

export const APPROVE = {
  'auto-approve': { type: 'boolean', does: 'without a question, as it needs without a terminal' },
} as const;

/** @throws UserError with the remedy where nobody can answer a question, before anything is started */
export function ensureApproval(
  { name, terminal }: World,
  isApproved: boolean | undefined,
  remedy: string,
): void {
  if (isApproved || terminal) return;
  throw new UserError(`npm run ${name}: there is no terminal to ask for approval; add ${remedy}`);
}

/** One question for all stacks. */
export async function confirmed({ stdout, terminal }: World, question: string): Promise<boolean> {
  const answer = await terminal?.ask(`${question} Only "yes" is taken: `);
  if (answer?.trim() === 'yes') return true;
  stdout.write('Nothing was changed\n');
  return false;
}

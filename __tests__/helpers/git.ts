import { execFileSync } from 'node:child_process';

/** Runs Git in a folder, as an author who need not be set up. */
export function gitIn(cwd: string, ...args: readonly string[]): string {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...author, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

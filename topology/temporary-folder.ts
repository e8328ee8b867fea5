import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from './problem';

/**
 * Makes an empty folder, which whoever calls this removes.
 *
 * @returns its real path
 * @throws UserError if the system's folder for temporary files is missing or may not be written to
 */
export function temporaryFolder(prefix: string): string {
  try {
    return realpathSync.native(mkdtempSync(path.join(tmpdir(), prefix)));
  } catch (error) {
    throw new UserError(
      `TMPDIR must be a folder that can be written to: ${(error as Error).message}`,
    );
  }
}

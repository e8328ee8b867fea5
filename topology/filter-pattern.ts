import { escaped, isNormal } from './unicode';

/**
 * An event filter pattern as the text that Lambda gets. What Terraform would rewrite is an escape of
 * JSON in it, so that the pattern keeps the characters that the table has.
 */
export function filterPattern(pattern: object): string {
  // A character composes with those next to it, of which the first may be ASCII.
  return JSON.stringify(pattern).replaceAll(/[ -~]?[^ -~]+/g, (piece) =>
    isNormal(piece) ? piece : piece.replaceAll(/[^ -~]/g, escaped),
  );
}

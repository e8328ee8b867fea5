/**
 * In place of cdktf's module that notes for each token where it was made. cdktf shows that in its own
 * messages about tokens that cannot be resolved, which no test reads.
 *
 * Jest maps every line of such a trace to its source, which took two thirds of each synthesis.
 */
export function captureStackTrace(): string[] {
  return [];
}

/** Prefix, in the bucket of a lake, of the results of its queries, which expire by themselves. */
export const ATHENA_RESULTS = 'athena-results/';

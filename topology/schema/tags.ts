import { z } from 'zod';
import { text } from './values';

/** Their keys, and those of several levels together, are checked in load/checks/tags.ts. */
export const tagsSchema = z.record(
  z.string(),
  text(/^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u, 'must be a string of letters, digits, spaces and _.:/=+-@'),
  { error: 'must be a mapping from tag keys to strings' },
);

export type Tags = z.output<typeof tagsSchema>;

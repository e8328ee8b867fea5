import { z } from 'zod';
import { object } from '../schema/values';

const settings = object({
  type: z.literal('log').describe("The function's log."),
});

/** The default function writes every change to its log. */
export const log = {
  settings,
  entry: 'lambda-src/index.ts',
  resolve: (sink: z.output<typeof settings>) => ({ ...sink, variables: {} }),
  check() {},
};

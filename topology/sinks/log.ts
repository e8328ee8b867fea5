import { z } from 'zod';
import { ownFile } from '../own-files';
import { object } from '../schema/values';

const settings = object({ type: z.literal('log').describe("The function's log.") });

/** The default function writes every change to its log. */
export const log = {
  settings,
  entry: ownFile('lambda-src/index.ts'),
  resolve: (sink: z.output<typeof settings>) => ({ ...sink, variables: {} }),
  check() {},
};

import { z } from 'zod';
import { kmsKeyArn } from './aws';
import { object } from './values';

/** @param instead a better message for some values */
export function encryptionSchema(
  instead: (value: unknown) => string | undefined = () => undefined,
) {
  return z.union(
    [
      z.literal('aws-owned'),
      z.literal('customer-managed'),
      object({ kmsKeyArn: kmsKeyArn.describe('ARN of a key that exists.') }),
    ],
    {
      error: ({ input }) =>
        instead(input) ??
        'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }',
    },
  );
}

export type Encryption = z.output<ReturnType<typeof encryptionSchema>>;

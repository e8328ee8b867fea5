import { z } from 'zod';
import { insteadOfAwsManagedKey, kmsKeyArn } from './aws';
import { object } from './values';

const existingKey = object({ kmsKeyArn: kmsKeyArn.describe('ARN of a key that exists.') });

/** @param instead a better message for some values */
export function encryptionSchema(
  instead: (value: unknown) => string | undefined = () => undefined,
) {
  return z.union([z.literal('aws-owned'), z.literal('customer-managed'), existingKey], {
    error: ({ input }) =>
      instead(input) ?? 'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }',
  });
}

/** Of a table that has its key already. */
export const existingEncryptionSchema = z.union([z.literal('aws-owned'), existingKey], {
  error: ({ input }) =>
    insteadOfAwsManagedKey(input) ??
    'must be aws-owned or { kmsKeyArn: … } for a table that has its key already',
});

export type Encryption = z.output<ReturnType<typeof encryptionSchema>>;

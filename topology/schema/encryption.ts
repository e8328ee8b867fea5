import { z } from 'zod';
import { kmsKeyArn } from './aws';
import { object } from './values';

type Instead = (value: unknown) => string | undefined;

const existingKey = object({ kmsKeyArn: kmsKeyArn.describe('ARN of a key that exists.') });

/** @param instead a better message for some values */
export function encryptionSchema(instead: Instead = () => undefined) {
  return z.union([z.literal('aws-owned'), z.literal('customer-managed'), existingKey], {
    error: ({ input }) =>
      instead(input) ?? 'must be aws-owned, customer-managed or { kmsKeyArn: <ARN of a KMS key> }',
  });
}

/** Of what has its key already. */
export function existingEncryptionSchema(instead: Instead) {
  return z.union([z.literal('aws-owned'), existingKey], {
    error: ({ input }) =>
      instead(input) ??
      'must be aws-owned or { kmsKeyArn: … } for a table that has its key already',
  });
}

export type Encryption = z.output<ReturnType<typeof encryptionSchema>>;

import type { Account, TableReference } from './resolve';

const table = ({ account: { partition, region, id }, name }: TableReference) =>
  `arn:${partition}:dynamodb:${region}:${id}:table/${name}`;

/** ARNs that follow from an account and a name, and so are known before the resource exists. */
export const arns = {
  role: ({ partition, id }: Account, { path, name }: { path: string; name: string }) =>
    `arn:${partition}:iam::${id}:role${path}${name}`,

  function: ({ partition, region, id }: Account, name: string) =>
    `arn:${partition}:lambda:${region}:${id}:function:${name}`,

  bucket: ({ partition }: Account, name: string) => `arn:${partition}:s3:::${name}`,

  topic: ({ partition, region, id }: Account, name: string) =>
    `arn:${partition}:sns:${region}:${id}:${name}`,

  table,

  /** What the ARN of every stream of a table begins with. Its label, a time, follows. */
  streams: (reference: TableReference) => `${table(reference)}/stream/`,
};

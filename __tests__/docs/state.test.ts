import { readFileSync } from 'node:fs';
import { loadTopology } from '../../load/load';
import type { Block } from '../../review/read/stacks';
import { simulate } from '../helpers/oracle';
import { synthesizedStacks } from '../helpers/review';

const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'];

const STACKS = synthesizedStacks(loadTopology('topologies/orders.yaml')).map(
  ({ account, json }) => ({
    account,
    own: objectOf(blockOf(json.terraform, 'backend', 's3')),
    read: Object.values(json.data?.terraform_remote_state ?? {}).map(({ config }) =>
      objectOf(blockOf(config)),
    ),
  }),
);

/** The policies of the page, in its order. */
const POLICIES = [...readFileSync('docs/state.md', 'utf8').matchAll(/```json\n([^`]*)```/g)].map(
  ([, json = '']) => JSON.parse(json),
);

test.each([
  ['analytics', '111122223333', 0],
  ['shop', '444455556666', 1],
])('the role of %s may do what its stacks need, and nothing else', async (_, account, index) => {
  const own = STACKS.filter((stack) => stack.account === account);
  const needed = own.flatMap((stack) => [
    ...requests(['s3:GetObject', 's3:PutObject'], stack.own),
    ...requests(ACTIONS, `${stack.own}.tflock`),
    ...stack.read.flatMap((state) => requests(['s3:GetObject'], state)),
  ]);
  const asked = STACKS.flatMap((stack) =>
    [stack.own, `${stack.own}.tflock`].flatMap((object) => requests(ACTIONS, object)),
  );
  const allowed = await Promise.all(
    asked.map(async ({ action, resource }) => {
      const isAllowed = await simulate({
        principal: `arn:aws:iam::${account}:role/State`,
        action,
        resource,
        account,
        context: {},
        identityPolicies: [POLICIES[index]],
      });
      return isAllowed ? [`${action} ${resource}`] : [];
    }),
  );
  expect(needed.length).toBeGreaterThan(5);
  expect(allowed.flat().sort()).toEqual(
    [...new Set(needed.map(({ action, resource }) => `${action} ${resource}`))].sort(),
  );
});

test('there is a policy for each account that has stacks', () => {
  expect(POLICIES).toHaveLength(new Set(STACKS.map(({ account }) => account)).size);
});

function requests(actions: readonly string[], resource: string) {
  return actions.map((action) => ({ action, resource }));
}

function blockOf(value: unknown, ...path: string[]): Block {
  const block = path.reduce<unknown>((parent, key) => Reflect.get(Object(parent), key), value);
  return Object(block);
}

function objectOf({ bucket, key }: Block): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

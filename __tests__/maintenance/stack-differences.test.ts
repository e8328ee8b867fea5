import { stackDifferences } from '../../maintenance/stack-differences';

const stack = (overrides: object = {}) => ({
  '//': { metadata: { backend: 's3', stackName: 'a', version: '0.21.0' }, outputs: {} },
  terraform: {
    backend: { s3: { bucket: 'b' } },
    required_providers: { aws: { source: 'aws', version: '6.25.0' } },
  },
  resource: {
    aws_iam_role: { role: { name: 'r', path: '/' } },
    aws_dynamodb_table: { table: { attribute: [{ name: 'a' }, { name: 'b' }] } },
  },
  ...overrides,
});

const providers = (aws: object) => ({
  terraform: { backend: { s3: { bucket: 'b' } }, required_providers: { aws } },
});

const resource = (role: object, attribute: object[]) => ({
  resource: { aws_iam_role: { role }, aws_dynamodb_table: { table: { attribute } } },
});

const KEYS = [{ name: 'a' }, { name: 'b' }];
const ROLE = { name: 'r', path: '/' };

describe('the same are', () => {
  test.each<[string, object]>([
    ['equal configurations', {}],
    [
      'those of two versions of cdktf, which comments name',
      { '//': { metadata: { version: '0.24.0' } } },
    ],
    ['those of two minor versions of a provider', providers({ source: 'aws', version: '6.66.1' })],
    [
      'a provider by its short and its full name',
      providers({ source: 'hashicorp/aws', version: '6.25.0' }),
    ],
    ['keys in another order', resource({ path: '/', name: 'r' }, KEYS)],
  ])('%s', (_, after) => {
    expect(stackDifferences({ a: stack() }, { a: stack(after) })).toEqual([]);
  });
});

describe('a difference is', () => {
  test.each<[string, after: object, line: string]>([
    [
      'another value',
      resource({ name: 's', path: '/' }, KEYS),
      'a resource.aws_iam_role.role.name: "r" with cdktf, "s" with cdktn',
    ],
    [
      'a value of another type',
      resource({ name: ['r'], path: '/' }, KEYS),
      'a resource.aws_iam_role.role.name: "r" with cdktf, ["r"] with cdktn',
    ],
    [
      'nothing in place of null',
      resource({ name: null, path: '/' }, KEYS),
      'a resource.aws_iam_role.role.name: "r" with cdktf, null with cdktn',
    ],
    [
      'a key that is gone',
      resource({ name: 'r' }, KEYS),
      'a resource.aws_iam_role.role.path: "/" with cdktf, nothing with cdktn',
    ],
    [
      'a key more',
      resource({ ...ROLE, tags: { A: 'b' } }, KEYS),
      'a resource.aws_iam_role.role.tags: nothing with cdktf, {"A":"b"} with cdktn',
    ],
    [
      'an item more in a list',
      resource(ROLE, [...KEYS, { name: 'c' }]),
      'a resource.aws_dynamodb_table.table.attribute[2]: nothing with cdktf, {"name":"c"} with cdktn',
    ],
    [
      'an item in another place',
      resource(ROLE, [{ name: 'a' }, { name: 'c' }]),
      'a resource.aws_dynamodb_table.table.attribute[1].name: "b" with cdktf, "c" with cdktn',
    ],
    [
      'another major version of a provider',
      providers({ source: 'aws', version: '7.0.0' }),
      'a terraform.required_providers.aws.version: "6" with cdktf, "7" with cdktn',
    ],
    [
      'a provider from elsewhere',
      providers({ source: 'example/aws', version: '6.25.0' }),
      'a terraform.required_providers.aws.source: "hashicorp/aws" with cdktf, "example/aws" with cdktn',
    ],
  ])('%s', (_, after, line) => {
    expect(stackDifferences({ a: stack() }, { a: stack(after) })).toEqual([line]);
  });

  test('a stack that only one of them has', () => {
    expect(stackDifferences({ a: stack(), b: {} }, { a: stack(), c: {} })).toEqual([
      'b: a stack only with cdktf',
      'c: a stack only with cdktn',
    ]);
  });

  test('each of several, by stack', () => {
    const after = stack(resource({ name: 's', path: '/x/' }, [{ name: 'a' }]));
    expect(stackDifferences({ a: stack(), b: stack() }, { a: stack(), b: after })).toEqual([
      'b resource.aws_iam_role.role.name: "r" with cdktf, "s" with cdktn',
      'b resource.aws_iam_role.role.path: "/" with cdktf, "/x/" with cdktn',
      'b resource.aws_dynamodb_table.table.attribute[1]: {"name":"b"} with cdktf, nothing with cdktn',
    ]);
  });
});

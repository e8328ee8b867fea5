import { loadTopology } from '../../../load/load';
import { accessOf, type Edit, foundIn, statement } from '../../helpers/review';

const TOPOLOGY = loadTopology('topologies/saas-tenants.yaml');
const ROLE = 'arn:aws:iam::111122223333:role/DocumentMetering';
const ACCOUNTS = ['444455556666', '777788889999', '222233334444'];
const READ = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const BUCKET = 'bucket arn:aws:s3:::metering-failed-batches-4583a1ed016b';
const SILENT = 'resource policy: no statement';
const MORE = 'which the topology does not mean';

const streamOf = (account: string) =>
  `stream arn:aws:dynamodb:us-east-1:${account}:table/Documents/stream/2026-01-01T00:00:00.000`;
const keyOf = (account: string) =>
  `key arn:aws:kms:us-east-1:${account}:key/00000000-0000-4000-8000-000000000001`;
const STREAM = streamOf('444455556666');

const allowed = (question: string, target: string, by: string, principal = ROLE) =>
  `${principal} ${question} on ${target}: allowed, meant to be denied (${by})`;
const denied = (question: string, target: string, by: string) =>
  `${ROLE} ${question} on ${target}: denied, meant to be allowed (${by})`;

const inStream = (change: (statement: Record<string, unknown>) => void): Record<string, Edit> => ({
  'producer-documents-acme': (json) =>
    change(statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess')),
});

const inRole = (change: (statement: Record<string, unknown>) => void): Record<string, Edit> => ({
  'consumer-metering': (json) =>
    change(statement(json, 'execution_role_streams_policy', 'ReadStreams')),
});

/** What a user's run finds, of which each line ends it with exit code 1. */
const found = (edits: Record<string, Edit>): string[] => foundIn(accessOf(TOPOLOGY, edits));

test('a stream policy for everybody', () => {
  const edits = inStream((each) => {
    each.principals = [{ type: '*', identifiers: ['*'] }];
  });
  const by = 'role: AdministratorAccess/All; resource policy: AllowCrossAccountStreamAccess';
  expect(found(edits)).toEqual([
    ...READ.map((action) => allowed(action, STREAM, by, 'arn:aws:iam::000000000000:role/Anybody')),
    `${STREAM} AllowCrossAccountStreamAccess names *, ${MORE}`,
  ]);
});

test('an action missing in the stream policy', () => {
  const edits = inStream((each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:GetShardIterator');
  });
  expect(found(edits)).toEqual([denied('dynamodb:GetShardIterator', STREAM, SILENT)]);
});

test('an action missing in the policy of the role is found for every stream', () => {
  const edits = inRole((each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:DescribeStream');
  });
  expect(found(edits)).toEqual(
    ACCOUNTS.map((id) => denied('dynamodb:DescribeStream', streamOf(id), 'role: no statement')),
  );
});

test('the wrong account in the stream policy, whom it names and whom it leaves out', () => {
  const wrong = 'arn:aws:iam::777788889999:role/NotOfTheseStacks';
  const edits = inStream((each) => {
    each.principals = [{ type: 'AWS', identifiers: [wrong] }];
  });
  const by = 'role: AdministratorAccess/All; resource policy: AllowCrossAccountStreamAccess';
  expect(found(edits)).toEqual([
    ...READ.map((action) => denied(action, STREAM, SILENT)),
    ...READ.map((action) => allowed(action, STREAM, by, wrong)),
    `${STREAM} AllowCrossAccountStreamAccess names ${wrong}, ${MORE}`,
  ]);
});

test.each([
  ['all tables of an account', (arn: string) => arn.replace('Documents/stream/*', '*')],
  ['the table in any account', (arn: string) => arn.replace(/\d{12}/, '*')],
])('a policy of the role for %s', (_, widen) => {
  const resources: string[] = [];
  const edits = inRole((each) => {
    resources.push(...(each.resources as string[]).map(widen));
    each.resources = resources;
  });
  const lines = found(edits).filter((line) => !line.includes('meant to be'));
  expect(resources).toHaveLength(3);
  expect(lines).toEqual(
    READ.flatMap((action) =>
      resources.map(
        (resource) => `${ROLE} streams/ReadStreams allows ${action} on ${resource}, ${MORE}`,
      ),
    ),
  );
});

test('a key policy without its statement for the readers', () => {
  const edits: Record<string, Edit> = {
    'producer-documents-globex': (json) => {
      const document = json.data?.aws_iam_policy_document?.key_policy as {
        statement: { sid: string }[];
      };
      document.statement = document.statement.filter(
        ({ sid }) => sid !== 'AllowCrossAccountStreamDecryption',
      );
    },
  };
  expect(found(edits)).toEqual([denied('kms:Decrypt', keyOf('777788889999'), SILENT)]);
});

test('decryption other than through DynamoDB, where both sides let it through', () => {
  const edits: Record<string, Edit> = {
    'producer-documents-acme': (json) => {
      delete statement(json, 'key_policy', 'AllowCrossAccountStreamDecryption').condition;
    },
    'consumer-metering': (json) => {
      delete statement(json, 'execution_role_streams_policy', 'DecryptTable1').condition;
    },
  };
  const by = 'role: streams/DecryptTable1; resource policy: AllowCrossAccountStreamDecryption';
  const own = keyOf('444455556666');
  const circumstances = [
    'by the code of the function',
    'other than through DynamoDB',
    'for another table',
    'for no table',
  ];
  const differing = found(edits);
  expect(differing.filter((line) => line.includes(own))).toEqual(
    circumstances.map((circumstance) => allowed(`kms:Decrypt ${circumstance}`, own, by)),
  );
  // The role alone reaches another key of each account by then.
  expect(differing.filter((line) => line.includes('NotInTheseStacks'))).toHaveLength(9);
});

describe('found is what the code of the function could do without the condition of', () => {
  test.each<[string, string, string[]]>([
    [
      'streams_policy',
      'ReadStreams',
      ACCOUNTS.flatMap((id) =>
        READ.map((action) =>
          allowed(
            `${action} by the code of the function`,
            streamOf(id),
            'role: streams/ReadStreams; resource policy: AllowCrossAccountStreamAccess',
          ),
        ),
      ),
    ],
    [
      'function_policy',
      'SendFailedBatches',
      ['by the code of the function', 'where another account owns it'].map((circumstance) =>
        allowed(
          `s3:PutObject under aws/lambda/ ${circumstance}`,
          BUCKET,
          'role: function/SendFailedBatches',
        ),
      ),
    ],
    [
      'function_policy',
      'ListFailedBatches',
      ['by the code of the function', 'where another account owns it'].map((circumstance) =>
        allowed(`s3:ListBucket ${circumstance}`, BUCKET, 'role: function/ListFailedBatches'),
      ),
    ],
    [
      'function_policy',
      'ListStreams',
      [
        allowed(
          'dynamodb:ListStreams by the code of the function',
          'account 111122223333',
          'role: function/ListStreams',
        ),
      ],
    ],
  ])('%s %s', (document, sid, lines) => {
    const edits: Record<string, Edit> = {
      'consumer-metering': (json) => {
        delete statement(json, `execution_role_${document}`, sid).condition;
      },
    };
    expect(found(edits)).toEqual(lines);
  });

  test('DecryptTable1, where it is for the table if there is one', () => {
    const edits: Record<string, Edit> = {
      'consumer-metering': (json) => {
        const decrypt = statement(json, 'execution_role_streams_policy', 'DecryptTable1');
        decrypt.condition = (decrypt.condition as { test: string; variable: string }[])
          .filter(({ test }) => test !== 'Null')
          .map((each) =>
            each.variable.includes('Context') ? { ...each, test: 'StringEqualsIfExists' } : each,
          );
      },
    };
    const by = 'role: streams/DecryptTable1; resource policy: AllowCrossAccountStreamDecryption';
    expect(found(edits)).toEqual(
      ACCOUNTS.flatMap((id) =>
        ['by the code of the function', 'for no table'].map((circumstance) =>
          allowed(`kms:Decrypt ${circumstance}`, keyOf(id), by),
        ),
      ),
    );
  });
});

test('failed batches under any name', () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      const send = statement(json, 'execution_role_function_policy', 'SendFailedBatches');
      send.resources = (send.resources as string[]).map((arn) => arn.replace('aws/lambda/', ''));
    },
  };
  expect(found(edits)).toEqual([
    allowed('s3:PutObject', BUCKET, 'role: function/SendFailedBatches'),
    `${ROLE} function/SendFailedBatches allows s3:PutObject on ${BUCKET.slice(7)}/*, ${MORE}`,
  ]);
});

test('conditions that a topology does without are not missed, and those it does not ask for are found', () => {
  const [consumer] = TOPOLOGY.consumers;
  if (!consumer) throw new Error('no consumer');
  const open = {
    ...TOPOLOGY,
    consumers: [{ ...consumer, role: { ...consumer.role, pollerOnly: false } }],
  };
  expect(foundIn(accessOf(open))).toEqual([]);
  const edits = inRole((each) => {
    each.condition = [{ test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] }];
  });
  expect(foundIn(accessOf(open, edits))).toEqual(
    ACCOUNTS.flatMap((id) =>
      READ.map((action) =>
        denied(`${action} by the code of the function`, streamOf(id), 'role: no statement'),
      ),
    ),
  );
});

test('a bucket that can be reached without TLS', () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      delete json.resource?.aws_s3_bucket_policy;
    },
  };
  const administrator = 'arn:aws:iam::111122223333:role/Administrator';
  expect(found(edits)).toEqual([
    allowed('s3:PutObject without TLS', BUCKET, 'role: function/SendFailedBatches'),
    ...['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].map((action) =>
      allowed(`${action} without TLS`, BUCKET, 'role: AdministratorAccess/All', administrator),
    ),
  ]);
});

test('an alarm topic open to the alarms of any account', () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      delete statement(json, 'alarms_topic_policy_document', 'AllowAlarms').condition;
    },
  };
  expect(found(edits)).toEqual([
    allowed(
      'sns:Publish for another account',
      'topic arn:aws:sns:us-east-1:111122223333:MeterDocuments-alarms',
      'resource policy: AllowAlarms',
      'cloudwatch.amazonaws.com',
    ),
  ]);
});

test('what the topology names and no stack holds', () => {
  const edits: Record<string, Edit> = {
    'producer-documents-acme': (json) => {
      const table = json.resource?.aws_dynamodb_table?.table as { name: string };
      table.name = 'Document';
    },
  };
  const table = 'arn:aws:dynamodb:us-east-1:444455556666:table/Documents';
  expect(found(edits)).toEqual(
    expect.arrayContaining([
      `stream of ${table} is in the topology and in no stack`,
      `key of ${table} is in the topology and in no stack`,
    ]),
  );
});

test('a wider list of actions in the policies of the project', () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      const list = statement(json, 'execution_role_function_policy', 'ListStreams');
      list.actions = [...(list.actions as string[]), 'secretsmanager:*', 'dynamodb:TagResource'];
    },
  };
  expect(found(edits)).toEqual(
    ['secretsmanager:*', 'dynamodb:TagResource'].map(
      (action) => `${ROLE} function/ListStreams allows ${action}, ${MORE}`,
    ),
  );
});

test('a condition that the role alone must have', () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      const decrypt = statement(json, 'execution_role_streams_policy', 'DecryptTable1');
      decrypt.condition = (decrypt.condition as { variable: string }[]).filter(
        ({ variable }) => !variable.includes('Context'),
      );
    },
  };
  const other = (id: string) =>
    `key arn:aws:kms:us-east-1:${id}:key/00000000-0000-4000-8000-ffffffffffff`;
  const by = 'role: streams/DecryptTable1; resource policy: NotInTheseStacks';
  const differing = found(edits);
  expect(differing).toEqual(
    expect.arrayContaining(ACCOUNTS.map((id) => allowed('kms:Decrypt', other(id), by))),
  );
});

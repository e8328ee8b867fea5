import { loadTopology } from '../../../load/load';
import { accessOf, differences, type Edit, statement } from '../../helpers/review';

const TOPOLOGY = loadTopology('topologies/saas-tenants.yaml');
const ROLE = 'arn:aws:iam::111122223333:role/DocumentMetering';
const STREAM = 'stream Documents of 444455556666';
const READ = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const BY_ANYBODY = 'resource policy: AllowCrossAccountStreamAccess';

const inStream = (change: (statement: Record<string, unknown>) => void): Record<string, Edit> => ({
  'producer-documents-acme': (json) =>
    change(statement(json, 'stream_policy_document', 'AllowCrossAccountStreamAccess')),
});

const inRole = (change: (statement: Record<string, unknown>) => void): Record<string, Edit> => ({
  'consumer-metering': (json) =>
    change(statement(json, 'execution_role_streams_policy', 'ReadStreams')),
});

async function found(edits: Record<string, Edit>): Promise<string[]> {
  return differences(await accessOf(TOPOLOGY, edits));
}

test('a stream policy for everybody is found for each who could read', async () => {
  const edits = inStream((each) => {
    each.principals = [{ type: '*', identifiers: ['*'] }];
  });
  const withPolicies = (arn: string) =>
    READ.map(
      (action) =>
        `allowed: ${arn} ${action} on ${STREAM} (role: AdministratorAccess/All; ${BY_ANYBODY})`,
    );
  expect(await found(edits)).toEqual([
    ...READ.map(
      (action) =>
        `allowed: arn:aws:iam::444455556666:role/NotOfTheseStacks ${action} on ${STREAM} (${BY_ANYBODY})`,
    ),
    ...withPolicies('arn:aws:iam::111122223333:role/NotOfTheseStacks'),
    ...withPolicies('arn:aws:iam::111122223333:root'),
    ...withPolicies('arn:aws:iam::777788889999:role/NotOfTheseStacks'),
    ...withPolicies('arn:aws:iam::222233334444:role/NotOfTheseStacks'),
    ...withPolicies('arn:aws:iam::999999999999:role/NotOfTheseStacks'),
  ]);
});

test('an action missing in the stream policy is found', async () => {
  const edits = inStream((each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:GetShardIterator');
  });
  expect(await found(edits)).toEqual([
    `denied: ${ROLE} dynamodb:GetShardIterator on ${STREAM} (resource policy: no statement)`,
  ]);
});

test('an action missing in the policy of the role is found for every stream', async () => {
  const edits = inRole((each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:DescribeStream');
  });
  expect(await found(edits)).toEqual(
    ['444455556666', '777788889999', '222233334444'].map(
      (account) =>
        `denied: ${ROLE} dynamodb:DescribeStream on stream Documents of ${account} (role: no statement)`,
    ),
  );
});

test('the wrong account in the stream policy is found, whom it names and whom it leaves out', async () => {
  const wrong = 'arn:aws:iam::777788889999:role/NotOfTheseStacks';
  const edits = inStream((each) => {
    each.principals = [{ type: 'AWS', identifiers: [wrong] }];
  });
  expect(await found(edits)).toEqual([
    ...READ.map(
      (action) => `denied: ${ROLE} ${action} on ${STREAM} (resource policy: no statement)`,
    ),
    ...READ.map(
      (action) =>
        `allowed: ${wrong} ${action} on ${STREAM} (role: AdministratorAccess/All; ${BY_ANYBODY})`,
    ),
  ]);
});

test('a policy of the role for all tables of an account is found', async () => {
  const edits = inRole((each) => {
    each.resources = (each.resources as string[]).map((arn) =>
      arn.replace('table/Documents/stream/*', 'table/*'),
    );
  });
  expect(await found(edits)).toEqual(
    ['444455556666', '777788889999', '222233334444'].flatMap((account) =>
      READ.map(
        (action) =>
          `allowed: ${ROLE} ${action} on stream NotInTheseStacks of ${account} (role: streams/ReadStreams; resource policy: NotInTheseStacks)`,
      ),
    ),
  );
});

test('a policy of the role for the table in any account is found', async () => {
  const edits = inRole((each) => {
    each.resources = ['arn:aws:dynamodb:us-east-1:*:table/Documents/stream/*'];
  });
  expect(await found(edits)).toEqual(
    READ.map(
      (action) =>
        `allowed: ${ROLE} ${action} on stream Documents of 999999999999 (role: streams/ReadStreams; resource policy: NotInTheseStacks)`,
    ),
  );
});

test('a key policy without its statement for the readers is found', async () => {
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
  expect(await found(edits)).toEqual([
    `denied: ${ROLE} kms:Decrypt on key DynamoDB table Documents of 777788889999 (resource policy: no statement)`,
  ]);
});

test('decryption other than through DynamoDB is found, where both sides let it through', async () => {
  const edits: Record<string, Edit> = {
    'producer-documents-acme': (json) => {
      delete statement(json, 'key_policy', 'AllowCrossAccountStreamDecryption').condition;
    },
    'consumer-metering': (json) => {
      delete statement(json, 'execution_role_streams_policy', 'DecryptTable1').condition;
    },
  };
  const key = 'key DynamoDB table Documents of 444455556666';
  const by = '(role: streams/DecryptTable1; resource policy: AllowCrossAccountStreamDecryption)';
  const differing = await found(edits);
  expect(differing.filter((line) => line.includes(key))).toEqual(
    [
      'by the code of the function',
      'other than through DynamoDB',
      'for another table',
      'for no table',
    ].map((circumstance) => `allowed: ${ROLE} kms:Decrypt ${circumstance} on ${key} ${by}`),
  );
});

describe('found is what the code of the function could do without the condition of', () => {
  const BUCKET = 'bucket metering-failed-batches-4583a1ed016b of 111122223333';
  const ACCOUNTS = ['444455556666', '777788889999', '222233334444'];

  test.each<[string, string, string[]]>([
    [
      'streams_policy',
      'ReadStreams',
      ACCOUNTS.flatMap((id) =>
        READ.map(
          (action) =>
            `${action} by the code of the function on stream Documents of ${id} (role: streams/ReadStreams; ${BY_ANYBODY})`,
        ),
      ),
    ],
    [
      'function_policy',
      'SendFailedBatches',
      [
        `s3:PutObject under aws/lambda/ by the code of the function on ${BUCKET} (role: function/SendFailedBatches)`,
        `s3:PutObject under aws/lambda/ where another account owns it on ${BUCKET} (role: function/SendFailedBatches)`,
      ],
    ],
    [
      'function_policy',
      'ListFailedBatches',
      [
        `s3:ListBucket by the code of the function on ${BUCKET} (role: function/ListFailedBatches)`,
        `s3:ListBucket where another account owns it on ${BUCKET} (role: function/ListFailedBatches)`,
      ],
    ],
    [
      'function_policy',
      'ListStreams',
      [
        'dynamodb:ListStreams by the code of the function on account 111122223333 of 111122223333 (role: function/ListStreams)',
      ],
    ],
  ])('%s %s', async (document, sid, lines) => {
    const edits: Record<string, Edit> = {
      'consumer-metering': (json) => {
        delete statement(json, `execution_role_${document}`, sid).condition;
      },
    };
    expect(await found(edits)).toEqual(lines.map((line) => `allowed: ${ROLE} ${line}`));
  });

  test('DecryptTable1, where it is for the table if there is one', async () => {
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
    expect(await found(edits)).toEqual(
      ACCOUNTS.flatMap((id) =>
        ['by the code of the function', 'for no table'].map(
          (circumstance) =>
            `allowed: ${ROLE} kms:Decrypt ${circumstance} on key DynamoDB table Documents of ${id} (role: streams/DecryptTable1; resource policy: AllowCrossAccountStreamDecryption)`,
        ),
      ),
    );
  });
});

test('failed batches under any name are found', async () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      const send = statement(json, 'execution_role_function_policy', 'SendFailedBatches');
      send.resources = (send.resources as string[]).map((arn) => arn.replace('aws/lambda/', ''));
    },
  };
  const [line, ...others] = await found(edits);
  expect(line).toMatch(
    /^allowed: .*DocumentMetering s3:PutObject on bucket .*SendFailedBatches\)$/,
  );
  expect(others).toEqual([]);
});

test('conditions that a topology does without are not missed, and those it does not ask for are found', async () => {
  const [consumer] = TOPOLOGY.consumers;
  if (!consumer) throw new Error('no consumer');
  const open = {
    ...TOPOLOGY,
    consumers: [{ ...consumer, role: { ...consumer.role, pollerOnly: false } }],
  };
  expect(differences(await accessOf(open))).toEqual([]);
  const edits = inRole((each) => {
    each.condition = [{ test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] }];
  });
  const denied = differences(await accessOf(open, edits));
  expect(denied).toHaveLength(9);
  expect(denied[0]).toBe(
    `denied: ${ROLE} dynamodb:DescribeStream by the code of the function on ${STREAM} (role: no statement)`,
  );
});

test('a bucket that can be reached without TLS is found', async () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      delete json.resource?.aws_s3_bucket_policy;
    },
  };
  const bucket = 'bucket metering-failed-batches-4583a1ed016b of 111122223333';
  const administrator = 'arn:aws:iam::111122223333:role/Administrator';
  expect(await found(edits)).toEqual([
    `allowed: ${ROLE} s3:PutObject without TLS on ${bucket} (role: function/SendFailedBatches)`,
    ...['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].map(
      (action) =>
        `allowed: ${administrator} ${action} without TLS on ${bucket} (role: AdministratorAccess/All)`,
    ),
  ]);
});

test('an alarm topic open to the alarms of any account is found', async () => {
  const edits: Record<string, Edit> = {
    'consumer-metering': (json) => {
      delete statement(json, 'alarms_topic_policy_document', 'AllowAlarms').condition;
    },
  };
  expect(await found(edits)).toEqual([
    'allowed: cloudwatch.amazonaws.com sns:Publish for another account on topic MeterDocuments-alarms of 111122223333 (resource policy: AllowAlarms)',
  ]);
});

test('what the topology names and no stack holds is found', async () => {
  const edits: Record<string, Edit> = {
    'producer-documents-acme': (json) => {
      const table = json.resource?.aws_dynamodb_table?.table as { name: string };
      table.name = 'Document';
    },
  };
  const { missing } = await accessOf(TOPOLOGY, edits);
  expect(missing).toEqual([
    'stream of arn:aws:dynamodb:us-east-1:444455556666:table/Documents',
    'key of arn:aws:dynamodb:us-east-1:444455556666:table/Documents',
  ]);
});

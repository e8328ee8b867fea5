import { loadTopology } from '../../../load/load';
import { accessOf, type Edit, foundIn, statement, withoutStatement } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import { topology } from '../../helpers/topology';

const TOPOLOGY = loadTopology('topologies/saas-tenants.yaml');
const ROLE = 'arn:aws:iam::111122223333:role/DocumentMetering';
const ACCOUNTS = ['444455556666', '777788889999', '222233334444'];
const READ = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const BUCKET = 'arn:aws:s3:::metering-failed-batches-4583a1ed016b';
const BY_LAMBDA = 'Null lambda:SourceFunctionArn = true';
const VIA = 'StringEquals kms:ViaService = dynamodb.us-east-1.amazonaws.com';
const OF_OWNER = 'StringEquals s3:ResourceAccount = 111122223333';
const SILENT = 'resource policy: no statement';
const MORE = 'which the topology does not mean';

const streamOf = (account: string) =>
  `stream arn:aws:dynamodb:us-east-1:${account}:table/Documents/stream/2026-01-01T00:00:00.000`;
const KEY_IDS: Record<string, string> = {
  '444455556666': '00000000-0000-4000-8000-5b3d5001e7c2',
  '777788889999': '00000000-0000-4000-8000-56ca5c785c55',
};
const keyOf = (account: string) => `key arn:aws:kms:us-east-1:${account}:key/${KEY_IDS[account]}`;
const STREAM = streamOf('444455556666');
const STREAMS = ACCOUNTS.map(
  (account) => `arn:aws:dynamodb:us-east-1:${account}:table/Documents/stream/*`,
);
const KEYS = ACCOUNTS.map((account) => `arn:aws:kms:us-east-1:${account}:key/*`).join(', ');

const denied = (question: string, target: string, by: string) =>
  `${ROLE} ${question} on ${target}: denied, meant to be allowed (${by})`;
const allows = (place: string, actions: string, whom: string, conditions = '') =>
  `${place} allows ${actions} ${whom} ${conditions ? `where ${conditions}` : 'without a condition'}, ${MORE}`;

type Change = (statement: Record<string, unknown>) => void;

const inStack = (stack: string, document: string, sid: string, change: Change) => ({
  [stack]: (json: Parameters<Edit>[0]) => change(statement(json, document, sid)),
});
const inStream = (change: Change) =>
  inStack(
    'producer-documents-acme',
    'stream_policy_document',
    'AllowCrossAccountStreamAccess',
    change,
  );
const inRole = (document: string, sid: string, change: Change) =>
  inStack('consumer-metering', `execution_role_${document}_policy`, sid, change);

/** The conditions on these keys are left out; all of them where none is named. */
const without =
  (...keys: string[]): Change =>
  (each) => {
    each.condition = (each.condition as { variable: string }[]).filter(
      ({ variable }) => keys.length > 0 && !keys.some((key) => variable.includes(key)),
    );
  };

/** What a user's run finds, of which each line ends it with exit code 1. */
const found = (edits: Record<string, Edit>): string[] => foundIn(accessOf(TOPOLOGY, edits));

test.each<[string, string, string, string[]]>([
  ['everybody', '*', '*', []],
  [
    'the wrong account, whom it names and whom it leaves out',
    'AWS',
    'arn:aws:iam::777788889999:role/NotOfTheseStacks',
    READ.map((action) => denied(action, STREAM, SILENT)),
  ],
])('a stream policy for %s', (_, type, identifier, lines) => {
  const edits = inStream((each) => {
    each.principals = [{ type, identifiers: [identifier] }];
  });
  expect(found(edits)).toEqual([
    ...lines,
    allows(`${STREAM} AllowCrossAccountStreamAccess`, READ.join(', '), `to ${identifier}`),
  ]);
});

test('an action missing in the stream policy', () => {
  const edits = inStream((each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:GetShardIterator');
  });
  expect(found(edits)).toEqual([denied('dynamodb:GetShardIterator', STREAM, SILENT)]);
});

describe('the network of a function', () => {
  const topology = {
    ...TOPOLOGY,
    consumers: TOPOLOGY.consumers.map((consumer) => ({
      ...consumer,
      function: {
        ...consumer.function,
        tracing: 'Active' as const,
        vpc: { subnetIds: ['subnet-0123abcd'], securityGroupIds: ['sg-0123abcd'] },
      },
    })),
  };
  const LAMBDA = 'arn:aws:lambda:us-east-1:111122223333:function:MeterDocuments';
  const BY_CODE = `ArnEquals lambda:SourceFunctionArn = ${LAMBDA}`;
  const ALLOWED = [
    ...['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'],
    ...['DeleteNetworkInterface', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'],
  ].map((action) => `ec2:${action}`);
  const DENIED = [...ALLOWED, 'ec2:DetachNetworkInterface'];
  const foundWith = (sid: string, change: Change) =>
    foundIn(accessOf(topology, inRole('network', sid, change)));
  const notDenied = `${ROLE} does not deny ${DENIED.join(', ')} where ${BY_CODE}`;

  test('is used by Lambda, and not by the code', () => {
    const { allowed, findings } = accessOf(topology);
    expect(findings).toEqual([]);
    expect(allowed.map(({ action }) => action)).toEqual(expect.arrayContaining(ALLOWED));
  });

  test('is found where Lambda may not use it', () => {
    const change: Change = (each) => {
      each.actions = ALLOWED.slice(1);
    };
    expect(foundWith('ManageNetworkInterfaces', change)).toEqual([
      denied('ec2:CreateNetworkInterface', 'account 111122223333', 'role: no statement'),
    ]);
  });

  test.each<[string, Change, string[]]>([
    [
      'for another function',
      (each) => {
        each.condition = [
          { test: 'ArnEquals', variable: 'lambda:SourceFunctionArn', values: [`${LAMBDA}2`] },
        ];
      },
      [
        `${ROLE} network/DenyNetworkInterfacesToCode denies ${DENIED.join(', ')} on * where ${BY_CODE}2, ${MORE}`,
        notDenied,
      ],
    ],
    [
      'but for an action',
      (each) => {
        each.actions = ALLOWED;
      },
      [notDenied],
    ],
  ])('is found where the code is denied it %s', (_, change, lines) => {
    expect(foundWith('DenyNetworkInterfacesToCode', change)).toEqual(lines);
  });
});

test('an action missing in the policy of the role is found for every stream', () => {
  const edits = inRole('streams', 'ReadStreams', (each) => {
    each.actions = READ.filter((action) => action !== 'dynamodb:DescribeStream');
  });
  expect(found(edits)).toEqual(
    ACCOUNTS.map((id) => denied('dynamodb:DescribeStream', streamOf(id), 'role: no statement')),
  );
});

test.each([
  ['all tables of an account', (arn: string) => arn.replace('Documents/stream/*', '*')],
  ['the table in any account', (arn: string) => arn.replace(/\d{12}/, '*')],
])('a policy of the role for %s', (_, widen) => {
  const edits = inRole('streams', 'ReadStreams', (each) => {
    each.resources = STREAMS.map(widen);
  });
  const widened = [...new Set(STREAMS.map(widen))].join(', ');
  expect(found(edits)).toEqual([
    allows(`${ROLE} streams/ReadStreams`, READ.join(', '), `on ${widened}`, BY_LAMBDA),
  ]);
});

test('a key policy without its statement for the readers', () => {
  const edits = {
    'producer-documents-globex': withoutStatement(
      'key_policy',
      'AllowCrossAccountStreamDecryption',
    ),
  };
  expect(found(edits)).toEqual([denied('kms:Decrypt', keyOf('777788889999'), SILENT)]);
});

describe('a statement without its conditions is found', () => {
  test.each<[string, string, string, string]>([
    ['streams', 'ReadStreams', READ.join(', '), STREAMS.join(', ')],
    ['streams', 'DecryptTable1', 'kms:Decrypt', KEYS],
    ['function', 'SendFailedBatches', 's3:PutObject', `${BUCKET}/aws/lambda/*`],
    ['function', 'ListFailedBatches', 's3:ListBucket', BUCKET],
    ['function', 'ListStreams', 'dynamodb:ListStreams', '*'],
  ])('%s %s', (document, sid, actions, resources) => {
    expect(found(inRole(document, sid, without()))).toEqual([
      allows(`${ROLE} ${document}/${sid}`, actions, `on ${resources}`),
    ]);
  });

  const TABLE = 'kms:EncryptionContext:aws:dynamodb:tableName = Documents';
  test.each([
    ['of the code of the function', 'Function', [VIA, `StringEquals ${TABLE}`]],
    ['of the service', 'ViaService', [BY_LAMBDA, `StringEquals ${TABLE}`]],
    ['of the table', 'Context', [BY_LAMBDA, VIA]],
  ])('in the role alone, %s', (_, key, left) => {
    const edits = inRole('streams', 'DecryptTable1', without(key));
    expect(found(edits)).toEqual([
      allows(`${ROLE} streams/DecryptTable1`, 'kms:Decrypt', `on ${KEYS}`, left.join(' and ')),
    ]);
  });

  test('where it is for the table if there is one', () => {
    const edits = inRole('streams', 'DecryptTable1', (each) => {
      each.condition = (each.condition as { test: string; variable: string }[]).map((one) =>
        one.variable.includes('Context') ? { ...one, test: 'StringEqualsIfExists' } : one,
      );
    });
    const conditions = [BY_LAMBDA, VIA, `StringEqualsIfExists ${TABLE}`].join(' and ');
    expect(found(edits)).toEqual([
      allows(`${ROLE} streams/DecryptTable1`, 'kms:Decrypt', `on ${KEYS}`, conditions),
    ]);
  });

  test.each([
    [
      'producer-documents-acme',
      'key_policy',
      'AllowCrossAccountStreamDecryption',
      `${keyOf('444455556666')} AllowCrossAccountStreamDecryption`,
      'kms:Decrypt',
      ROLE,
    ],
    [
      'consumer-metering',
      'alarms_topic_policy_document',
      'AllowAlarms',
      'topic arn:aws:sns:us-east-1:111122223333:MeterDocuments-alarms AllowAlarms',
      'sns:Publish',
      'cloudwatch.amazonaws.com',
    ],
  ])('%s %s', (stack, document, sid, place, action, principal) => {
    expect(found(inStack(stack, document, sid, without()))).toEqual([
      allows(place, action, `to ${principal}`),
    ]);
  });
});

test('failed batches under any name', () => {
  const edits = inRole('function', 'SendFailedBatches', (each) => {
    each.resources = [`${BUCKET}/*`];
  });
  const conditions = `${BY_LAMBDA} and ${OF_OWNER}`;
  expect(found(edits)).toEqual([
    allows(`${ROLE} function/SendFailedBatches`, 's3:PutObject', `on ${BUCKET}/*`, conditions),
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
  const edits = inRole('streams', 'ReadStreams', (each) => {
    each.condition = [{ test: 'Null', variable: 'lambda:SourceFunctionArn', values: ['true'] }];
  });
  expect(foundIn(accessOf(open, edits))).toEqual([
    allows(`${ROLE} streams/ReadStreams`, READ.join(', '), `on ${STREAMS.join(', ')}`, BY_LAMBDA),
  ]);
});

describe('a bucket that can be reached without TLS', () => {
  const place = `bucket ${BUCKET}`;
  const lacks = `${place} does not deny s3:* to everybody where Bool aws:SecureTransport = false`;

  test('has no policy', () => {
    const edits: Record<string, Edit> = {
      'consumer-metering': (json) => {
        delete json.resource?.aws_s3_bucket_policy;
      },
    };
    expect(found(edits)).toEqual([lacks]);
  });

  test.each<[string, Change]>([
    ['its objects', (each) => Object.assign(each, { resources: [BUCKET] })],
    [
      'others',
      (each) => Object.assign(each, { principals: [{ type: 'AWS', identifiers: [ROLE] }] }),
    ],
    ['other actions', (each) => Object.assign(each, { actions: ['s3:GetObject'] })],
    ['TLS alone', without()],
  ])('has a policy that does not say so of %s', (_, change) => {
    const edits = inStack(
      'consumer-metering',
      'failed_batches_policy_document',
      'DenyInsecureTransport',
      change,
    );
    expect(found(edits)).toContain(lacks);
  });
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
  const added = ['secretsmanager:*', 'dynamodb:TagResource'];
  const edits = inRole('function', 'ListStreams', (each) => {
    each.actions = [...(each.actions as string[]), ...added];
  });
  expect(found(edits)).toEqual([
    allows(`${ROLE} function/ListStreams`, added.join(', '), 'on *', BY_LAMBDA),
  ]);
});

describe('where the code of a function reads the table', () => {
  const reading = resolved(topology({ 'subscriptions[0].readTable': true }));
  const TABLE = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
  const READER = 'arn:aws:iam::111122223333:role/ProcessOrdersRole';
  const ITEMS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
  const inTable = (change: Change) =>
    inStack('producer-orders', 'table_policy_document', 'AllowCrossAccountTableReads', change);

  test('its policy may name neither others nor other actions', () => {
    const edits = inTable((each) => {
      each.actions = [...ITEMS, 'dynamodb:Scan'];
      each.principals = [{ type: 'AWS', identifiers: [READER, ROLE] }];
    });
    expect(foundIn(accessOf(reading, edits))).toEqual([
      allows(
        `table ${TABLE} AllowCrossAccountTableReads`,
        [...ITEMS, 'dynamodb:Scan'].join(', '),
        `to ${ROLE}, ${READER}`,
      ),
    ]);
  });

  test('its policy must name its indexes', () => {
    const edits = inTable((each) => {
      each.resources = [TABLE];
    });
    expect(foundIn(accessOf(reading, edits))).toEqual([
      `${READER} dynamodb:Query of indexes on table ${TABLE}: denied, meant to be allowed (${SILENT})`,
    ]);
  });

  test('its role may not read other tables', () => {
    const edits = inStack(
      'consumer-process-orders',
      'execution_role_streams_policy',
      'ReadTables',
      (each) => {
        each.resources = [TABLE.replace('Orders', '*')];
      },
    );
    expect(foundIn(accessOf(reading, edits))).toEqual([
      allows(
        `${READER} streams/ReadTables`,
        ITEMS.join(', '),
        `on ${TABLE.replace('Orders', '*')}`,
      ),
    ]);
  });
});

describe('the key of a consumer, where it is', () => {
  const [consumer] = TOPOLOGY.consumers;
  if (!consumer) throw new Error('no consumer');
  const encrypted = {
    ...TOPOLOGY,
    consumers: [{ ...consumer, encryption: 'customer-managed' as const }],
  };
  const KEY = 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-1142196795ff';

  test.each([
    ['DecryptEnvironment', 'kms:Decrypt'],
    ['EncryptLog', 'kms:Decrypt, kms:GenerateDataKey'],
    ['EncryptFailedBatches', 'kms:Decrypt, kms:GenerateDataKey'],
  ])('used by the role without the conditions of %s', (sid, actions) => {
    const edits = inRole('function', sid, without());
    const by = `role: function/${sid}; resource policy: AllowAccountAdministration`;
    expect(foundIn(accessOf(encrypted, edits))).toEqual([
      ...actions
        .split(', ')
        .map((action) => `${ROLE} ${action} on key ${KEY}: allowed, meant to be denied (${by})`),
      allows(`${ROLE} function/${sid}`, actions, `on ${KEY}`),
    ]);
  });

  test('used by CloudWatch Logs for any log group', () => {
    const edits = inStack('consumer-metering', 'consumer_key_policy', 'AllowLog', without());
    const actions =
      'kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt*';
    expect(foundIn(accessOf(encrypted, edits))).toEqual([
      allows(`key ${KEY} AllowLog`, actions, 'to logs.us-east-1.amazonaws.com'),
    ]);
  });

  test('not used by CloudWatch Logs as it needs', () => {
    const edits = inStack('consumer-metering', 'consumer_key_policy', 'AllowLog', (each) => {
      each.actions = ['kms:Decrypt'];
    });
    const lines = foundIn(accessOf(encrypted, edits));
    expect(lines).toEqual(
      ['DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom'].map(
        (action) =>
          `logs.us-east-1.amazonaws.com kms:${action} on key ${KEY}: denied, meant to be allowed (${SILENT})`,
      ),
    );
  });
});

import { writeMarkdown } from '../../../review/report/markdown';
import { type Edit, notes, reviewOf, statement, statementsIn, stops } from '../../helpers/review';
import { resolved } from '../../helpers/synth-app';
import {
  consumer,
  existingStream,
  existingTable,
  type Overrides,
  STREAM_OF_OTHERS,
  topology,
} from '../../helpers/topology';

const reviewed = (overrides: Overrides, today?: string, edits: Record<string, Edit> = {}) =>
  reviewOf(
    resolved(topology({ 'consumers.process-orders.alarms': HEARD, ...overrides })),
    edits,
    today === undefined ? undefined : new Date(today),
  );

const HEARD = { email: 'team@example.com' };

const OTHERS = existingTable({ streamPolicy: 'none' });

const FUNCTION_OF_OTHERS: Overrides = {
  'consumers.process-orders.role': undefined,
  'consumers.process-orders.function': undefined,
  'consumers.process-orders.existingFunction': {
    name: 'Legacy',
    roleArn: 'arn:aws:iam::111122223333:role/old/Legacy',
  },
};

test('there is nothing to note of the defaults and an email address', async () => {
  const review = await reviewed({});
  expect(notes(review)).toEqual([]);
});

describe('a stream policy of others', () => {
  test('is a note with the statement that they add, and no failure', async () => {
    const review = await reviewed(OTHERS);
    expect(stops(review)).toEqual([]);
    const note =
      'producer-orders not evaluated: the policy of the stream of Orders in 444455556666 belongs to others, who add the output stream_policy_statement, with the stream\'s own label: {"Sid":"AllowCrossAccountStreamAccess","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ProcessOrdersRole"},"Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/<label>"}';
    expect(notes(review)).toEqual([note]);
  });

  test('is another note with that of the table, where its items are read', async () => {
    const review = await reviewed({
      ...existingTable(),
      'subscriptions[0].readTable': true,
    });
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([
      'producer-orders not evaluated: the policy of the table Orders in 444455556666 belongs to others, who add the output table_policy_statement: {"Sid":"AllowCrossAccountTableReads","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/ProcessOrdersRole"},"Action":["dynamodb:GetItem","dynamodb:BatchGetItem","dynamodb:Query"],"Resource":["arn:aws:dynamodb:us-east-1:444455556666:table/Orders","arn:aws:dynamodb:us-east-1:444455556666:table/Orders/index/*"]}',
    ]);
  });

  test('that a stack sets all the same is a failure', async () => {
    const setsPolicy: Edit = (json) => {
      json.resource = {
        aws_dynamodb_resource_policy: {
          stream_policy: {
            resource_arn: '${data.aws_dynamodb_table.table.stream_arn}',
            policy: JSON.stringify({
              Statement: { Effect: 'Allow', Principal: '*', Action: 'dynamodb:*', Resource: '*' },
            }),
          },
        },
      };
    };
    const review = await reviewed(OTHERS, undefined, { 'producer-orders': setsPolicy });
    expect(stops(review)).toContainEqual(
      expect.stringMatching(
        /^stream arn:.* statement 1 allows dynamodb:\* to \* without a condition, which the topology does not mean$/,
      ),
    );
  });
});

describe('the roles of other teams', () => {
  const INDEXER = 'arn:aws:iam::999988887777:role/Indexer';
  const READ = ['DescribeStream', 'GetRecords', 'GetShardIterator'].map(
    (each) => `dynamodb:${each}`,
  );
  const named = (...edits: ((statement: { principals: object[] }) => void)[]) => {
    const edit: Edit = (json) => {
      const [statement] = statementsIn(json, 'stream_policy_document');
      for (const each of edits) each(statement as never);
    };
    const policy = { 'producers.orders.streamPolicy': { readers: [INDEXER] } };
    return reviewed({ ...policy, consumers: {}, subscriptions: [] }, undefined, {
      'producer-orders': edit,
    });
  };

  test('are a note with the statements that they need, and no failure', async () => {
    const review = await named();
    expect(stops(review)).toEqual([]);
    const byLambda = '"Condition":{"Null":{"lambda:SourceFunctionArn":"true"}}';
    expect(notes(review)).toEqual([
      `producer-orders not evaluated: the policy of ${INDEXER} belongs to others, who add the output consumer_statement: [{"Effect":"Allow","Action":["${READ.join('","')}"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*",${byLambda}},{"Effect":"Allow","Action":"dynamodb:ListStreams","Resource":"*",${byLambda}}]`,
    ]);
  });

  test('are a failure where the policy of the stream names another one', async () => {
    const other = 'arn:aws:iam::999988887777:role/Other';
    const review = await named((statement) => {
      statement.principals = [{ type: 'AWS', identifiers: [other] }];
    });
    const stream =
      'stream arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000';
    expect(stops(review)).toEqual([
      ...READ.map(
        (action) =>
          `${INDEXER} ${action} on ${stream}: denied, meant to be allowed (resource policy: no statement)`,
      ),
      `${stream} AllowCrossAccountStreamAccess allows ${READ.join(', ')} to ${other} without a condition, which the topology does not mean`,
    ]);
  });
});

describe('copies of a table with a customer managed key', () => {
  const TABLE_KEY = { 'producers.orders.table.encryption': 'customer-managed' };
  const ENCRYPTION = 'consumers.process-orders.encryption';

  test('are noted, where the consumer has none', async () => {
    const review = await reviewed(TABLE_KEY);
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([
      'consumers.process-orders reads Orders, with a customer managed key, and keeps log and failed batches without one; write encryption: customer-managed',
    ]);
  });

  test.each<[string, Overrides, string]>([
    [
      'also a lake',
      { 'consumers.process-orders.sink': { type: 's3' } },
      'log, failed batches and lake',
    ],
    ['not the log of a function that others made', FUNCTION_OF_OTHERS, 'failed batches'],
  ])('are %s', (_, overrides, kept) => {
    expect(notes(reviewed({ ...TABLE_KEY, ...overrides }))).toContainEqual(
      expect.stringContaining(`and keeps ${kept} without one;`),
    );
  });

  test('are not, where it has one', async () => {
    const review = await reviewed({ ...TABLE_KEY, [ENCRYPTION]: 'customer-managed' });
    expect([...stops(review), ...notes(review)]).toEqual([]);
  });

  test('have a key of others with the statements that they add, in a note', async () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const review = await reviewed({ ...TABLE_KEY, [ENCRYPTION]: { kmsKeyArn } });
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([
      expect.stringMatching(
        /^consumer-process-orders not evaluated: the policy of the key arn:\S+ belongs to others, who add the output key_policy_statement: \[\{"Sid":"AllowLog",.*\}\]$/,
      ),
    ]);
  });
});

describe('a stream that others own', () => {
  const ID = 'subscription-orders-process-orders';
  const edited = (attributes: object): Edit => {
    return (json) =>
      Object.assign(
        json.resource?.aws_lambda_event_source_mapping?.event_source_mapping ?? {},
        attributes,
      );
  };

  test('is a note with the statements that they add, and no failure', () => {
    const review = reviewed(existingStream());
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([
      `consumer-process-orders not evaluated: the policy of each stream, table and key that it reads belongs to others, who add the output producer_statement, by ARN: {"${STREAM_OF_OTHERS}":{"Sid":"AllowStreamAccess111122223333ProcessOrdersRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"${STREAM_OF_OTHERS}","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ProcessOrdersRole"}}}}`,
    ]);
  });

  test('is drawn with its reader', () => {
    const markdown = writeMarkdown(reviewed(existingStream()));
    const [, table] = /subgraph g0\["777788889999"\]\n +(table_\w+)/.exec(markdown) ?? [];
    expect(markdown).toMatch(new RegExp(`${table} --> mapping_`));
    expect(markdown).toMatch(/role ProcessOrdersRole.*`dynamodb:GetRecords`.*777788889999/);
  });

  test('in place of which a mapping reads another one is a failure', () => {
    const other = edited({ event_source_arn: STREAM_OF_OTHERS.replace('Orders', 'Salaries') });
    expect(stops(reviewed(existingStream(), undefined, { [ID]: other }))).toEqual([
      `${ID} aws_lambda_event_source_mapping.event_source_mapping event_source_arn: not what the topology says; write it there, or remove it`,
    ]);
  });

  test('of which the role may read another table as well is a failure', () => {
    const widened: Edit = (json) => {
      statement(json, 'execution_role_streams_policy', 'ReadStreams').resources = ['*'];
    };
    expect(
      stops(reviewed(existingStream(), undefined, { 'consumer-process-orders': widened })),
    ).toContainEqual(expect.stringMatching(/streams\/ReadStreams allows .*GetRecords.* on \*/));
  });
});

describe('a role of others', () => {
  const ID = 'consumer-process-orders';

  test('is a note with the policy that its owner gives it, and no failure', async () => {
    const review = await reviewed(FUNCTION_OF_OTHERS);
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([
      'consumer-process-orders not evaluated: the policy of the role arn:aws:iam::111122223333:role/old/Legacy belongs to others, who add the output role_policy, and access is answered as if it had no other: {"Version":"2012-10-17","Statement":[{"Sid":"ListFailedBatches","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::process-orders-failed-batches-025f751830a2","Condition":{"Null":{"lambda:SourceFunctionArn":"true"},"StringEquals":{"s3:ResourceAccount":"111122223333"}}},{"Sid":"SendFailedBatches","Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::process-orders-failed-batches-025f751830a2/aws/lambda/*","Condition":{"Null":{"lambda:SourceFunctionArn":"true"},"StringEquals":{"s3:ResourceAccount":"111122223333"}}},{"Sid":"ListStreams","Effect":"Allow","Action":"dynamodb:ListStreams","Resource":"*","Condition":{"Null":{"lambda:SourceFunctionArn":"true"}}},{"Sid":"ReadStreams","Effect":"Allow","Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator"],"Resource":"arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/*","Condition":{"Null":{"lambda:SourceFunctionArn":"true"}}}]}',
    ]);
  });

  test('is a note without an ID of a key that the stack makes, which nobody knows yet', () => {
    const encryption = { 'consumers.process-orders.encryption': 'customer-managed' };
    const [note = ''] = notes(reviewed({ ...FUNCTION_OF_OTHERS, ...encryption }));
    expect(note).toContain("the output role_policy, with the key's own ID, and access is ");
    expect(note.match(/"arn:aws:kms:[^"]*"/g)).toEqual([
      '"arn:aws:kms:us-east-1:111122223333:key/<id>"',
    ]);
  });

  test('is a note whose statements can be copied from the Markdown', () => {
    const review = reviewed(FUNCTION_OF_OTHERS);
    const [{ copied } = { copied: '' }] = review.findings;
    expect(copied).toMatch(/^\{"Version":.*\}$/);
    expect(writeMarkdown(review)).toContain(`\`${copied}\``);
  });

  test('may read what its owner is to give it, and its function is on the picture', async () => {
    const page = writeMarkdown(await reviewed(FUNCTION_OF_OTHERS));
    expect(page).toContain(
      '| role Legacy of 111122223333, with role\\_policy | `dynamodb:DescribeStream`, `dynamodb:GetRecords`, `dynamodb:GetShardIterator` | stream `Orders` |',
    );
    expect(page).toContain('["function<br/>Legacy<br/>role Legacy"]');
  });

  test.each<[string, Edit, string]>([
    [
      'a wider policy for its owner',
      (json) => {
        statement(json, 'execution_role_policy', 'ReadStreams').resources = ['*'];
      },
      'arn:aws:iam::111122223333:role/old/Legacy role_policy/ReadStreams allows dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator on * where Null lambda:SourceFunctionArn = true, which the topology does not mean',
    ],
    [
      'another function',
      (json) => {
        Object.assign(json.data?.aws_lambda_function?.processor ?? {}, { function_name: 'Eve' });
      },
      'consumer-process-orders data.aws_lambda_function.processor function_name: not what the topology says; write it there, or remove it',
    ],
    [
      'another role',
      (json) => {
        Object.assign(json.output?.role_arn ?? {}, { value: 'arn:aws:iam::999999999999:role/Eve' });
      },
      'arn:aws:iam::999999999999:role/Eve role_policy/ReadStreams allows dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator on arn:aws:dynamodb:us-east-1:444455556666:table/Orders/stream/* where Null lambda:SourceFunctionArn = true, which the topology does not mean',
    ],
  ])('%s is a failure', async (_, edit, line) => {
    expect(stops(await reviewed(FUNCTION_OF_OTHERS, undefined, { [ID]: edit }))).toContain(line);
  });
});

describe('statements that others are to add', () => {
  const ARN = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const TABLE = 'arn:aws:dynamodb:us-east-1:777788889999:table/Orders';
  const [CONSUMER, PRODUCER] = ['consumer-process-orders', 'producer-orders'];
  const KEY_OF_TABLE = ARN.replace('111122223333', '777788889999');
  const streamOfOthers = {
    ...existingStream({ kmsKeyArn: KEY_OF_TABLE }),
    'subscriptions[0].readTable': true,
  };
  const readerOfOthers = {
    'producers.orders.streamPolicy': { readers: ['arn:aws:iam::999988887777:role/Indexer'] },
    'producers.orders.table.encryption': 'customer-managed',
  };
  const itemsOfOthers = { ...existingTable(), 'subscriptions[0].readTable': true };
  const keyOfOthers = { 'consumers.process-orders.encryption': { kmsKeyArn: ARN } };

  const anyAction = ['"dynamodb:GetRecords"', '"dynamodb:*"', 'allows dynamodb:* '] as const;
  const anyItem = ['"dynamodb:GetItem"', '"dynamodb:*"', 'allows dynamodb:* '] as const;
  const anyUse = ['"kms:Decrypt"', '"kms:*"', 'allows kms:* '] as const;
  const [ofRoot, ofKey] = ['{"AWS" = "arn:aws:iam::111122223333:root"}', 'aws_kms_key.key.arn'];
  const keys = 'arn:aws:kms:us-east-1:444455556666:key/*';

  test.each<[place: string, Overrides, from: string, to: string, line: string]>([
    [`${CONSUMER} output.producer_statement ${STREAM_OF_OTHERS}`, streamOfOthers, ...anyAction],
    [`${CONSUMER} output.producer_statement ${TABLE}`, streamOfOthers, ...anyItem],
    [`${CONSUMER} output.producer_statement ${KEY_OF_TABLE}`, streamOfOthers, ...anyUse],
    [`${CONSUMER} output.key_policy_statement`, keyOfOthers, ...anyUse],
    [`${CONSUMER} output.key_policy_statement`, keyOfOthers, ofRoot, '"*"', 'GenerateDataKey to *'],
    [`${PRODUCER} output.consumer_statement`, readerOfOthers, ...anyAction],
    [`${PRODUCER} output.consumer_statement`, readerOfOthers, ofKey, `"${keys}"`, `on ${keys}`],
    [`${PRODUCER} output.stream_policy_statement`, OTHERS, ...anyAction],
    [`${PRODUCER} output.table_policy_statement`, itemsOfOthers, ...anyItem],
  ])('are in %s, which may not be wider (%#)', (place, overrides, from, to, line) => {
    const [id = '', output = ''] = place.split(/ (?:output\.)?/);
    const widened: Edit = (json) => {
      const published = Object(json.output?.[output]);
      published.value = published.value.replace(from, to);
    };
    expect(stops(reviewed(overrides))).toEqual([]);
    const [found = '', ...more] = stops(reviewed(overrides, undefined, { [id]: widened }));
    expect(more).toEqual([]);
    expect(found).toContain(line);
    expect(found.startsWith(`${place} `)).toBe(true);
  });
});

describe('alarms that nobody hears', () => {
  const notesOn = async (alarms: unknown) =>
    notes(await reviewed({ 'consumers.process-orders.alarms': alarms }));

  test('are noted, where the topic has no subscriber', async () => {
    const note =
      'consumers.process-orders.alarms these stacks subscribe nobody to the topic ProcessOrders-alarms; write alarms.email or alarms.topicArn, or subscribe to it yourself';
    expect(await notesOn(undefined)).toEqual([note]);
    expect(await notesOn({ errors: 5 })).toEqual([note]);
  });

  test('are noted, where there are none', async () => {
    expect(await notesOn(false)).toEqual([
      'consumers.process-orders.alarms ProcessOrders has no alarms (alarms: false)',
    ]);
  });

  test('are not those of a topic that exists', async () => {
    const topicArn = 'arn:aws:sns:us-east-1:111122223333:on-call';
    expect(await notesOn({ topicArn })).toEqual([]);
  });

  test('are noted of each consumer', async () => {
    const review = await reviewed({ 'consumers.search': consumer('Search') });
    expect(notes(review)).toEqual([expect.stringContaining('consumers.search.alarms ')]);
  });
});

describe('reserved concurrency', () => {
  const settings = (reserved: number, factor: number): Overrides => ({
    'consumers.process-orders.function.reservedConcurrentExecutions': reserved,
    'subscriptions[0].parallelizationFactor': factor,
  });

  test('below the batches at once is noted', async () => {
    expect(notes(await reviewed(settings(1, 10)))).toEqual([
      'consumers.process-orders.function.reservedConcurrentExecutions ProcessOrders reserves 1, fewer than the 10 batches that its subscriptions run at once with one shard each (parallelizationFactor); the rest is throttled and waits',
    ]);
  });

  test.each([
    ['enough for them', settings(10, 10)],
    ['of a paused subscription', { ...settings(1, 10), 'subscriptions[0].enabled': false }],
  ])('%s is not', async (_, overrides) => {
    expect(notes(await reviewed(overrides))).toEqual([]);
  });
});

describe('what the function itself may call', () => {
  const notesOn = (statement: object, role: object = {}) =>
    notes(
      reviewed({
        'producers.orders.table.encryption': 'customer-managed',
        'consumers.process-orders.encryption': 'customer-managed',
        'consumers.process-orders.role': { name: 'Role', statements: [statement], ...role },
      }),
    );
  const place = 'consumers.process-orders.role.statements[0]';
  const all = (actions: string) =>
    `${place} allows all actions (${actions}); name those that the function calls`;
  const everywhere = `${place} allows them on every resource; name those of the function, unless an action takes none`;
  const code = (what: string) => `${place} lets the code ${what}`;
  const [stream, key, batches, state, itself, iam, assume] = [
    code('read streams'),
    code('use keys that the tables or the consumer may have'),
    code('reach the failed batches'),
    code('reach the state bucket'),
    code('change its own function'),
    code('change IAM or pass roles'),
    code('assume roles'),
  ];
  const TABLE = 'arn:aws:dynamodb:us-east-1:444455556666:table/Orders';
  const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:ProcessOrders';
  const BUCKETS = 'arn:aws:s3:::process-orders-failed-batches-*/*';
  const NONE = "${aws:PrincipalTag/none, 'x'}";

  test.each<[string, string[], string[], string[]]>([
    [
      'everything',
      ['*'],
      ['*'],
      [all('*'), everywhere, stream, key, batches, state, itself, iam, assume],
    ],
    ['a service', ['sqs:*', 's3:?**'], ['arn:aws:sqs:::q'], [all('sqs:*, s3:?**')]],
    ['any resource', ['sqs:Send*'], ['*'], [everywhere]],
    ['any bucket', ['s3:ListBucket'], [`arn:aws:s3:::${NONE}`], [everywhere, batches, state]],
    ['the stream', ['dynamodb:Get*'], [`${TABLE}/stream/2025-01-01T00:00:00.000`], [stream]],
    ['any stream', ['DynamoDB:getrecords'], ['arn:aws:dynamodb:*:*:table/Ord*'], [stream]],
    ['another stream', ['dynamodb:GetRecords'], [`${TABLE}2/stream/*`], [stream]],
    ['a stream in a variable', ['dynamodb:*Records'], [`${TABLE}${NONE}`], [stream]],
    ['a key of the table', ['kms:*crypt'], ['arn:aws:kms:us-east-1:444455556666:key/1'], [key]],
    ['a key of the consumer', ['kms:CreateG*'], ['arn:aws:kms:*:111122223333:key/?'], [key]],
    ['any key', ['kms:re*'], [`arn:aws:kms:us-east-1:*:${NONE}`], [everywhere, key]],
    ['the failed batches', ['s3:GetObject'], [BUCKETS], [batches]],
    ['the state', ['s3:Put*'], ['arn:aws:s3:::example-terraform-?????/*.tfstate'], [state]],
    ['the function', ['lambda:*Code'], [FUNCTION], [itself]],
    ['mappings', ['lambda:Update*'], [FUNCTION.replace(/function:.*/, '*')], [everywhere, itself]],
    ['a role to pass', ['iam:?assrole'], ['arn:aws:iam::111122223333:role/A'], [iam]],
    ['a role to assume', ['sts:*'], ['arn:aws:iam::111122223333:role/A'], [all('sts:*'), assume]],
  ])('that is %s is noted', (_, actions, resources, expected) => {
    expect(notesOn({ actions, resources })).toEqual(expected);
  });

  test.each([
    ['named', ['dynamodb:UpdateItem'], ['arn:aws:dynamodb:us-east-1:111122223333:table/Totals']],
    ['the table', ['dynamodb:Get*'], [TABLE]],
    ['another bucket', ['s3:*Object'], ['arn:aws:s3:::process-orders/*']],
    ['another key', ['kms:Decrypt'], ['arn:aws:kms:us-east-1:999988887777:key/1']],
    ['a key to encrypt with', ['kms:GenerateDataKey'], ['arn:aws:kms:*:111122223333:key/1']],
    ['another function', ['lambda:*Code'], [`${FUNCTION}2`]],
    ['a call of the function', ['lambda:Invoke*'], [FUNCTION]],
    ['reading IAM', ['iam:Get*', 'iam:List*'], ['arn:aws:iam::111122223333:role/A']],
  ])('that is %s is not', (_, actions, resources) => {
    expect(notesOn({ actions, resources })).toEqual([]);
  });

  test('as Lambda is noted of the role too, where pollerOnly is turned off', () => {
    const statement = { actions: ['dynamodb:GetRecords'], resources: [`${TABLE}/stream/*`] };
    expect(notesOn(statement, { pollerOnly: false })).toEqual([
      stream,
      'consumers.process-orders.role.pollerOnly is false: the code of ProcessOrders may itself read the streams, decrypt with keys of tables and reach the failed batches (tables: Orders); remove it unless Lambda cannot read the streams with true',
    ]);
  });

  test('as Lambda by a managed policy of AWS is noted', () => {
    const { role } = consumer('ProcessOrders');
    const managed = (name: string) => ({
      'consumers.process-orders.role': {
        ...role,
        managedPolicyArns: [`arn:aws:iam::aws:policy/service-role/${name}`],
      },
    });
    expect(notes(reviewed(managed('AWSLambdaDynamoDBExecutionRole')))).toEqual([
      'consumers.process-orders.role.managedPolicyArns[0] lets the code itself read the streams, which role.pollerOnly denies it',
    ]);
    expect(notes(reviewed(managed('AWSLambdaBasicExecutionRole')))).toEqual([]);
  });

  test('that is deleting from the lake is noted, and writing to it is not', () => {
    const settings = {
      'consumers.process-orders.sink': { type: 's3', bucket: 'team-lake' },
    };
    const resources = ['arn:aws:s3:::team-lake/*'];
    const lake = code('delete from the lake');
    const noted = (actions: string[]) =>
      notes(
        reviewed({
          ...settings,
          'consumers.process-orders.role.statements': [{ actions, resources }],
        }),
      ).filter((line) => line.startsWith(place));
    expect(noted(['s3:*Version'])).toEqual([lake]);
    expect(noted(['s3:PutObject'])).toEqual([]);
  });

  test('that is a role of the topology is named', () => {
    const role = (name: string) => `arn:aws:iam::444455556666:role/${name}`;
    const statement = { actions: ['sts:AssumeRole'], resources: [role('Deploy*')] };
    const found = notes(
      reviewed({
        'accounts.shop.deployRole': { arn: role('Deployer') },
        'accounts.shop.stateRoleArn': role('State'),
        'consumers.process-orders.role.statements': [statement],
      }),
    );
    expect(found).toEqual([`${assume}, such as ${role('Deployer')}`]);
  });
});

test('a layer of another account is noted', () => {
  const layers = ['111122223333', '580247275435'].map(
    (id) => `arn:aws:lambda:us-east-1:${id}:layer:tools-${id}:1`,
  );
  expect(notes(reviewed({ 'consumers.process-orders.function.layers': layers }))).toEqual([
    `consumers.process-orders.function.layers[1] ${layers[1]} is code of the account 580247275435 that runs in the function, with its role; know who publishes it`,
  ]);
});

describe('the end of a runtime', () => {
  const NODE_22 = { 'consumers.process-orders.function.runtime': 'nodejs22.x' };
  const FUNCTION =
    'consumer-process-orders aws_lambda_function.processor ProcessOrders has the runtime nodejs22.x';
  const REMEDY = 'write another as function.runtime';
  const THEN =
    'Lambda creates functions with it until 2027-06-01 and updates them until 2027-07-01';

  test.each([
    ['2026-10-31', []],
    ['2026-11-01', [`${FUNCTION}: AWS maintains it until 2027-04-30; ${THEN}; ${REMEDY}`]],
    ['2027-04-30', [`${FUNCTION}: AWS has not maintained it since 2027-04-30; ${THEN}; ${REMEDY}`]],
    ['2027-07-01', []],
  ])('on %s is noted so', async (today, expected) => {
    expect(notes(await reviewed(NODE_22, today))).toEqual(expected);
  });

  test('is a failure when Lambda updates no function with it', async () => {
    expect(stops(await reviewed(NODE_22, '2027-06-30'))).toEqual([]);
    expect(stops(await reviewed(NODE_22, '2027-07-01'))).toEqual([
      `${FUNCTION}: Lambda has not updated functions with it since 2027-07-01; ${REMEDY}`,
    ]);
  });
});

test('a table that a destroy deletes is noted', () => {
  const unprotected = { 'producers.orders.table.deletionProtection': false };
  expect(notes(reviewed(unprotected))).toEqual([
    'producer-orders aws_dynamodb_table.table Orders is not protected from deletion: a destroy deletes it with all its items; write deletionProtection: true',
  ]);
});

describe('a managed policy that is not evaluated', () => {
  const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const BOUNDARY = 'arn:aws:iam::111122223333:policy/Boundary';
  const role = {
    name: 'Role',
    managedPolicyArns: [READ_ONLY],
    permissionsBoundary: BOUNDARY,
  };
  const reviewedWith = (acknowledgedPolicyArns: string[]) =>
    reviewed({ 'consumers.process-orders.role': { ...role, acknowledgedPolicyArns } });
  const line = (what: string, remedy: string) =>
    `consumer-process-orders ${what} of role Role is not evaluated, and the answers on access are without it; ${remedy}`;
  const policy = `the managed policy ${READ_ONLY}`;
  const boundary = `the permissions boundary ${BOUNDARY}`;

  test('stops until the topology says that somebody has read it', () => {
    const remedy = 'read it, and add its ARN to role.acknowledgedPolicyArns';
    expect(stops(reviewedWith([]))).toEqual([line(policy, remedy), line(boundary, remedy)]);
    expect(stops(reviewedWith([BOUNDARY]))).toEqual([line(policy, remedy)]);
  });

  test('stops where only another role has it', () => {
    const attach: Edit = (json) => {
      const role = '${aws_iam_role.execution_role.id}';
      const attachment = { provider: 'aws.consumer', role, policy_arn: READ_ONLY };
      Object.assign(json.resource ?? {}, { aws_iam_role_policy_attachment: { added: attachment } });
    };
    const overrides = {
      'consumers.process-orders.role': { ...role, acknowledgedPolicyArns: [READ_ONLY, BOUNDARY] },
      'consumers.search': { ...consumer('Search'), role: { name: 'Search' } },
    };
    expect(stops(reviewed(overrides, undefined, { 'consumer-search': attach }))).toEqual([
      `consumer-search the managed policy ${READ_ONLY} of role Search is not evaluated, and the answers on access are without it; read it, and add its ARN to role.acknowledgedPolicyArns`,
    ]);
  });

  test('is noted then, and named in the summary', () => {
    const review = reviewedWith([READ_ONLY, BOUNDARY]);
    const remedy = 'the topology says that somebody has read it';
    expect(stops(review)).toEqual([]);
    expect(notes(review)).toEqual([line(policy, remedy), line(boundary, remedy)]);
    expect(writeMarkdown(review)).toMatch(
      new RegExp(
        `^\\| \\[Who may .*denied; \\*\\*not evaluated:\\*\\* ${READ_ONLY}, ${BOUNDARY} \\|$`,
        'm',
      ),
    );
  });
});

describe('a condition of a stream policy', () => {
  const stopsWith = (test: string, variable: string, value: string) =>
    stops(
      reviewed({
        'producers.orders.streamPolicy': { conditions: [{ test, variable, values: [value] }] },
      }),
    );

  test.each([
    ['Bool', 'aws:SecureTransport', 'false'],
    ['Bool', 'aws:PrincipalIsAWSService', 'true'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'true'],
    ['StringEquals', 'aws:RequestedRegion', 'eu-west-1'],
    ['StringLike', 'aws:username', '*'],
    ['Null', 'aws:PrincipalServiceName', 'false'],
    ['DateLessThan', 'aws:CurrentTime', '2026-07-31T00:00:00Z'],
  ])('that no read of Lambda meets stops: %s %s %s', (test, variable, value) => {
    expect(stopsWith(test, variable, value)).toEqual([
      `producer-orders the policy of the stream of Orders has the condition ${test} ${variable}, which no request meets with which Lambda reads it; remove it`,
    ]);
  });

  test.each([
    ['Bool', 'aws:SecureTransport', 'true'],
    ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true'],
    ['StringEquals', 'aws:RequestedRegion', 'us-east-1'],
    ['StringEquals', 'aws:PrincipalOrgID', 'o-exampleorgid'],
    ['DateLessThan', 'aws:CurrentTime', '2099-01-01T00:00:00Z'],
    ['ForAllValues:StringEquals', 'aws:TagKeys', 'team'],
  ])('that one may meet does not: %s %s %s', (test, variable, value) => {
    expect(stopsWith(test, variable, value)).toEqual([]);
  });
});

import { Testing } from 'cdktf';
import { loadTopology } from '../../../load/load';
import { commentHcl } from '../../../terraform/hcl/comment-hcl';
import { COMMENTS } from '../../../terraform/hcl/comments';
import { tidyHcl } from '../../../terraform/hcl/tidy-hcl';
import { SHIPPED } from '../../helpers/shipped-topologies';
import { hclApp, stacksOf } from '../../helpers/synth-app';

// The formatter takes a while to start.
jest.setTimeout(60_000);

/** The stacks of a topology of the project, by their ids. */
async function tidied(file: string): Promise<Map<string, string>> {
  const stacks = stacksOf(loadTopology(`topologies/${file}`), hclApp());
  const texts = [...stacks].map(async ([id, stack]) => {
    return [id, await tidyHcl(Testing.synthHcl(stack, true))] as const;
  });
  return new Map(await Promise.all(texts));
}

/** Each comment once, how often it is there, and the last line that it is above. */
function commentsOf(hcl = ''): string[] {
  const all = [...hcl.matchAll(/^ *# (.*)\n *(.*?)(?: +=.*| \{)?$/gm)];
  const count = (comment = '') => all.filter(([, other]) => other === comment).length;
  const lines = new Map(all.map(([, text = '', line = '']) => [text, line]));
  return [...lines].map(([text, line]) => `${count(text)} ${line}: ${text}`);
}

describe('a comment', () => {
  const NESTED = [['a_b > c > d = 1', 'why']] as const;
  const OF_SID = [['a_b > statement Read > resources', 'why']] as const;
  const resource = (...lines: string[]) => ['resource "a_b" "x" {', ...lines, '}'].join('\n');

  test.each<[string, readonly (readonly [string, string])[], before: string, after: string]>([
    [
      'is above its line, in the same blocks only',
      NESTED,
      resource('  d = 1', '  c {', '    e   = 2', '', '    d   = 1', '  }'),
      resource('  d = 1', '  c {', '    e   = 2', '', '    # why', '    d   = 1', '  }'),
    ],
    [
      'is not in a block of another kind',
      NESTED,
      'resource "a_c" "x" {\n  c {\n    d = 1\n  }\n}',
      'resource "a_c" "x" {\n  c {\n    d = 1\n  }\n}',
    ],
    [
      'is not above another value, nor above a line that is deeper',
      NESTED,
      resource('  c {', '    d = 2', '    e = {', '      d = 1', '    }', '  }'),
      resource('  c {', '    d = 2', '    e = {', '      d = 1', '    }', '  }'),
    ],
    [
      'is above a whole block',
      [['a_b', 'why']],
      `output "y" {}\n\n${resource('  c = 1')}`,
      `output "y" {}\n\n# why\n${resource('  c = 1')}`,
    ],
    [
      'is in the statement that it is for, whatever its number',
      OF_SID,
      resource(
        ...['  statement {', '    sid       = "Write"', '    resources = ["*"]', '  }'],
        ...['  statement {', '    sid       = "Read2"', '    resources = ["*"]', '  }'],
      ),
      resource(
        ...['  statement {', '    sid       = "Write"', '    resources = ["*"]', '  }'],
        ...[
          '  statement {',
          '    sid       = "Read2"',
          '    # why',
          '    resources = ["*"]',
          '  }',
        ],
      ),
    ],
  ])('%s', (_, comments, before, after) => {
    expect(commentHcl(before, comments)).toBe(after);
  });
});

describe('of the topologies of the project', () => {
  let all: Map<string, string>[];
  beforeAll(async () => {
    all = await Promise.all(SHIPPED.map(tidied));
  });

  const commentsIn = (file: (typeof SHIPPED)[number], stack: string) =>
    commentsOf(all[SHIPPED.indexOf(file)]?.get(stack));

  test.each(COMMENTS.map(([place]) => place))('a stack has the line %s', (place) => {
    const marked = all
      .flatMap((stacks) => [...stacks.values()])
      .filter((hcl) => {
        return commentHcl(hcl, [[place, 'found']]) !== hcl;
      });
    expect(marked.length).toBeGreaterThan(0);
  });

  test("the walk-through's have these", () => {
    const ids = [
      'consumer-process-orders',
      'producer-orders',
      'subscription-orders-process-orders',
    ];
    expect(ids.map((id) => commentsIn('orders.yaml', id))).toEqual([
      [
        '1 use_lockfile: The lock is an object in the bucket, not a table.',
        '1 allowed_account_ids: Credentials of any other account are refused.',
        '1 sse_algorithm: SSE-S3: with a KMS key, Lambda and every reader would need rights on that as well.',
        '1 actions: Allows nothing: denies every request without TLS.',
        '1 abort_incomplete_multipart_upload: Parts of uploads that were never completed are billed, and no listing shows them.',
        '1 actions: If somebody deletes the log group, Lambda discards the log unless it may create it again.',
        "4 variable: Every request of the function's code has this key: only Lambda itself may.",
        '2 variable: A bucket of the same name in another account never gets the data.',
        '1 resources: dynamodb:ListStreams takes no resource.',
        "1 resources: A stream's ARN ends with its time of creation: one that is yet to come has another. Its own policy names one.",
        '1 provisioner "local-exec": A stream policy is refused while IAM has not propagated the role that it names.',
        '1 output_file_mode: The same archive on every machine, whatever its umask.',
        '1 depends_on: Lambda would create the log group itself, and keep the log without end.',
        "1 actions: AWS's default key policy: the account administers its key by IAM policies.",
        '2 resources: In a key policy: this key.',
        '1 kms_master_key_id: CloudWatch cannot publish with the AWS managed key (alias/aws/sns).',
        '1 treat_missing_data: Without records there is no data, and how late the last batch was still holds.',
        '5 treat_missing_data: Without data nothing has failed.',
        '1 value: Known only after the wait, so that no stream policy names the role earlier.',
      ],
      [
        '1 use_lockfile: The lock is an object in the bucket, not a table.',
        '1 allowed_account_ids: Credentials of any other account are refused.',
        "1 lifecycle: Another stack's state is not believed: its outputs must be what the topology says.",
        '1 deletion_protection_enabled: As the topology says: the table can be deleted, with all its items.',
        '1 enabled: Encrypted with the AWS owned key. The AWS managed key would not work across accounts.',
        '1 ignore_changes: Set at creation only: a key cannot change, and what the topology does not say stays as it is.',
        '1 resource "aws_dynamodb_tag" "table_tag_Topology": Not in the table, whose tags are ignored: those that others set stay.',
      ],
      [
        '1 use_lockfile: The lock is an object in the bucket, not a table.',
        '1 allowed_account_ids: Credentials of any other account are refused.',
        "2 lifecycle: Another stack's state is not believed: its outputs must be what the topology says.",
        '1 maximum_record_age_in_seconds: DynamoDB keeps a record for an hour longer, so a failed batch is stored with its records.',
        '1 starting_position: What is written before the mapping reads is not processed.',
        '1 destination_arn: Of the possible destinations only S3 gets the records themselves.',
        '3 treat_missing_data: Without data nothing has failed.',
        '1 treat_missing_data: Here silence is what is wrong: INSUFFICIENT_DATA is sent as well.',
      ],
    ]);
  });

  test("the lake's have these as well", () => {
    const lake = commentsIn('analytics-lake.yaml', 'consumer-lake');
    const ofAll = commentsIn('orders.yaml', 'consumer-process-orders');
    expect(lake.filter((comment) => !ofAll.includes(comment))).toEqual([
      '2 sse_algorithm: SSE-S3: with a KMS key, Lambda and every reader would need rights on that as well.',
      '2 actions: Allows nothing: denies every request without TLS.',
      '2 abort_incomplete_multipart_upload: Parts of uploads that were never completed are billed, and no listing shows them.',
      '1 "storage.location.template": $${…} is a partition of Glue, not a reference of Terraform.',
      '1 name: Of no use to a view, but Athena refuses to read one without.',
      '1 bytes_scanned_cutoff_per_query: Athena bills what a query scans, and stops one that scans more.',
      '3 variable: A bucket of the same name in another account never gets the data.',
    ]);
    expect(lake).toHaveLength(22);
  });
});

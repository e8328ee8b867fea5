import { LocalBackend } from 'cdktf';
import type { Construct } from 'constructs';
import { createPrivateBucket } from '../constructs/private-bucket';
import { parseArn } from '../topology/arns';
import { STATE_BUCKET_STACK_ID } from '../topology/names';
import type { ResolvedTopology, State } from '../topology/resolve';
import { AccountStack } from './account-stack';

/** Days for which an overwritten state can be brought back. */
const NONCURRENT_DAYS = 90;

/**
 * The bucket of all other stacks' state. Its own state is a file next to `cdktf.out`, to be kept: the
 * bucket cannot hold the state it is made from.
 */
export class StateBucketStack extends AccountStack {
  constructor(scope: Construct, topology: ResolvedTopology) {
    const { bucket: name, region, roleArn, kmsKeyId } = topology.state;
    const ofRole = roleArn && { id: parseArn(roleArn).id, deployRole: { arn: roleArn } };
    super(scope, STATE_BUCKET_STACK_ID, topology, { region, ...ofRole }, 'state');

    const noncurrentVersionExpiration = [{ noncurrentDays: NONCURRENT_DAYS }];
    const { bucket } = createPrivateBucket(this, 'bucket', {
      name,
      kmsKeyId,
      versioned: true,
      lifecycleRules: [{ id: 'expire-noncurrent', noncurrentVersionExpiration }],
      preventDestroy: true,
    });
    this.output('bucket_name', bucket, 'Name of the state bucket');
  }

  protected override createBackend({ keyPrefix }: State): void {
    // Relative to cdktf.out/stacks/state-bucket and to hcl.out/stacks/state-bucket alike.
    const path = `../../../${keyPrefix.replaceAll('/', '-')}.state-bucket.tfstate`;
    new LocalBackend(this, { path });
  }
}

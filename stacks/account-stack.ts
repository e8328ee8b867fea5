import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  App,
  Aspects,
  S3Backend,
  TerraformDataSource,
  TerraformElement,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
} from 'cdktf';
import type { Construct, IConstruct, Node } from 'constructs';
import { identifier } from '../constructs/terraform/identified';
import { literals } from '../constructs/terraform/literal';
import { type Expected, RemoteState } from '../constructs/terraform/remote-state';
import { REQUIRED_VERSION } from '../terraform/version';
import type { Account, ResolvedTopology, State } from '../topology/resolve';

/**
 * A stack whose resources all live in one account. It has its own state object, and one AWS provider
 * that is locked to the account and that all its AWS resources and data sources get.
 */
export abstract class AccountStack extends TerraformStack {
  /** Tags of every resource, as Terraform text. */
  protected readonly tags: Readonly<Record<string, string>>;
  private readonly state: State;

  /**
   * @param account without an id the provider is not locked to an account
   * @param alias of the provider: the part the account plays in this stack
   */
  constructor(
    scope: Construct,
    id: string,
    topology: ResolvedTopology,
    account: Pick<Account, 'region'> & Partial<Account>,
    alias: string,
  ) {
    super(scope, id);
    this.state = { ...topology.state, roleArn: account.stateRoleArn ?? topology.state.roleArn };
    this.tags = {
      ...literals(this, { ...topology.tags, ...account.tags }),
      Topology: topology.name,
    };

    this.addOverride('terraform.required_version', REQUIRED_VERSION);
    this.addOverride('terraform.required_providers.aws.version', topology.awsProviderVersion);
    this.createBackend(this.state);
    const { id: accountId, region, deployRole } = account;
    const provider = new AwsProvider(this, 'aws', {
      alias,
      region,
      allowedAccountIds: accountId === undefined ? undefined : [accountId],
      assumeRole: deployRole && [{ ...deployRole, roleArn: deployRole.arn }],
      defaultTags: [{ tags: this.tags }],
    });
    // Without a provider they would use default credentials.
    Aspects.of(this).add({
      visit(element) {
        const isAws = isBlock(element) && element.terraformResourceType.startsWith('aws_');
        if (isAws) element.provider ??= provider;
      },
    });
    this.node.addValidation({ validate: () => this.duplicates() });
  }

  protected createBackend(state: State): void {
    const backend = new S3Backend(this, {
      ...stateObject(state, this.node.id),
      encrypt: true,
      kmsKeyId: state.kmsKeyId,
    });
    // S3's own locking, which the class has no property for.
    backend.addOverride('use_lockfile', true);
  }

  protected output(name: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, name, { value, description });
  }

  /** What another stack published, which is deployed first. Terraform refuses another value than the expected one. */
  protected outputOf(stackId: string, name: string, expected: Expected): string {
    this.addDependency(App.of(this).node.findChild(stackId) as TerraformStack);
    const id = identifier(stackId);
    const known = this.node.tryFindChild(id) as RemoteState | undefined;
    const state = known ?? new RemoteState(this, id, stackId, stateObject(this.state, stackId));
    return state.output(name, expected);
  }

  /** Nothing to prepare, which halves the synthesis of many stacks: see the next method. */
  override prepareStack(): void {}

  /** @throws always: stacks read each other's named outputs, and nothing else of each other */
  override registerOutgoingCrossStackReference(identifier: string): never {
    throw new Error(`${identifier} of ${this.node.id} is used in another stack; publish an output`);
  }

  /** An address a person would write: the path without a hash, and without the id `resource` of a main resource. */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    return node.scopes
      .slice(node.scopes.indexOf(this) + 1)
      .filter((scope, index) => index === 0 || scope.node.id !== 'resource')
      .map((scope) => identifier(scope.node.id))
      .join('_');
  }

  private duplicates(): string[] {
    const blocks = this.node.findAll().filter(isBlock);
    const addresses = blocks.map((block) => {
      const address = `${block.terraformResourceType}.${block.friendlyUniqueId}`;
      return TerraformDataSource.isTerraformDataSource(block) ? `data.${address}` : address;
    });
    return addresses
      .filter((address, index) => addresses.indexOf(address) < index)
      .map((address) => `${address} is declared twice`);
  }
}

const isBlock = (element: IConstruct): element is TerraformResource | TerraformDataSource =>
  TerraformResource.isTerraformResource(element) ||
  TerraformDataSource.isTerraformDataSource(element);

function stateObject({ bucket, region, keyPrefix, roleArn, usePathStyle }: State, stackId: string) {
  return {
    bucket,
    key: `${keyPrefix}/${stackId}.tfstate`,
    region,
    assumeRole: roleArn === undefined ? undefined : { roleArn },
    usePathStyle: usePathStyle || undefined,
  };
}

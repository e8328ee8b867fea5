import { type TerraformMetaArguments, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

export interface TerraformDataProps extends TerraformMetaArguments {
  /** Value that `output` repeats once the resource is created. */
  readonly input: string;
  /** Value whose change replaces the resource. */
  readonly triggersReplace: string;
}

/**
 * Terraform's built-in `terraform_data`, for strings. cdktf's own `DataResource` takes maps only, and
 * starts Terraform at each synthesis to ask for its version, which `required_version` checks already.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TerraformDataProps,
  ) {
    super(scope, id, { ...props, terraformResourceType: 'terraform_data' });
  }

  get output(): string {
    return this.getStringAttribute('output');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.props.input, triggers_replace: this.props.triggersReplace };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    const shape = { isBlock: false, type: 'simple', storageClassType: 'string' };
    const { input, triggersReplace } = this.props;
    return {
      input: { value: input, ...shape },
      triggers_replace: { value: triggersReplace, ...shape },
    };
  }
}

import { type TerraformMetaArguments, TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/**
 * Terraform's built-in resource. cdktf's own class takes maps only, and starts Terraform at each synthesis.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly attributes: { readonly input: string; readonly triggers_replace: string },
    options: TerraformMetaArguments,
  ) {
    super(scope, id, { ...options, terraformResourceType: 'terraform_data' });
  }

  protected override synthesizeAttributes(): Record<string, string> {
    return this.attributes;
  }

  protected override synthesizeHclAttributes(): Record<string, string> {
    return this.attributes;
  }
}

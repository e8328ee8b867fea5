import { DataArchiveFile } from '@cdktf/provider-archive/lib/data-archive-file';
import { ArchiveProvider } from '@cdktf/provider-archive/lib/provider';
import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { deploymentPackage } from '../packaging/deployment-package';
import type { ResolvedFunction, TableReference } from '../topology/resolve';
import { literals } from './terraform/literal';

export interface ConsumerFunctionProps {
  readonly settings: ResolvedFunction;
  /** Tables whose changes a processor takes. */
  readonly sources: readonly TableReference[];
  readonly roleArn: string;
  /** Variables that refer to other resources; they win over those of the settings. */
  readonly references: Readonly<Record<string, string>>;
  /** Log group, made before the function, which would make one that keeps logs without end. */
  readonly logGroup: CloudwatchLogGroup;
}

/** The function, from a bundled TypeScript file or a prepared folder; the archive provider zips it. */
export class ConsumerFunction extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { settings, sources, roleArn, references, logGroup }: ConsumerFunctionProps,
  ) {
    super(scope, id);
    const { directory, handler } = deploymentPackage(settings, sources);
    const archive = this.archive(directory);
    const variables = { ...literals(this, settings.environment), ...references };
    const lambda = new LambdaFunction(this, 'resource', {
      ...settings, // most have Terraform's names in the topology
      functionName: settings.name,
      role: roleArn,
      architectures: [settings.architecture],
      handler,
      filename: archive.outputPath,
      sourceCodeHash: archive.outputBase64Sha256,
      environment: Object.keys(variables).length === 0 ? undefined : { variables },
      dependsOn: [logGroup],
    });
    this.name = lambda.functionName;
    this.arn = lambda.arn;
  }

  private archive(directory: string): DataArchiveFile {
    const asset = new TerraformAsset(this, 'code', { path: directory, type: AssetType.DIRECTORY });
    return new DataArchiveFile(this, 'archive', {
      provider: new ArchiveProvider(this, 'archive_provider'),
      type: 'zip',
      sourceDir: `\${path.module}/${asset.path}`,
      outputPath: `\${path.module}/${asset.path.replace(/\/$/, '')}.zip`,
      // The same package from every machine, whatever its umask; a custom runtime executes `bootstrap`.
      outputFileMode: '0755',
    });
  }
}

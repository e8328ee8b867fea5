import { DataArchiveFile } from '@cdktf/provider-archive/lib/data-archive-file';
import { ArchiveProvider } from '@cdktf/provider-archive/lib/provider';
import type { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { deploymentPackage } from '../packaging/deployment-package';
import { environmentOf } from '../packaging/environment';
import type { ResolvedConsumer } from '../topology/resolve';
import { literals } from './terraform/literal';

export interface ConsumerFunctionProps {
  readonly consumer: Pick<ResolvedConsumer, 'function' | 'sources' | 'sink'>;
  readonly roleArn: string;
  /** Variables that refer to other resources; they win over those of the topology. */
  readonly references: Readonly<Record<string, string>>;
  /** Log group, made before the function, which would make one that keeps logs without end. */
  readonly logGroup: CloudwatchLogGroup;
}

/** The function, from a bundled TypeScript file or a prepared folder; the archive provider zips it. */
export class ConsumerFunction extends Construct {
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: ConsumerFunctionProps) {
    super(scope, id);
    const { consumer, roleArn, references, logGroup } = props;
    const settings = consumer.function;
    const { directory, handler } = deploymentPackage(settings, consumer.sources);
    const archive = this.archive(directory);
    const variables = { ...literals(this, environmentOf(consumer)), ...references };
    this.resource = new LambdaFunction(this, 'resource', {
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

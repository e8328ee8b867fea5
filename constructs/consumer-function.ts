import path from 'node:path';
import { DataArchiveFile } from '@cdktf/provider-archive/lib/data-archive-file';
import { ArchiveProvider } from '@cdktf/provider-archive/lib/provider';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { deploymentPackage } from '../packaging/deployment-package';
import { environmentOf } from '../packaging/environment';
import type { FunctionMaker } from '../topology/resolve';
import type { SinkResources } from './sinks';
import { literal, literals } from './terraform/literal';

/** The function, from a bundled TypeScript file or a prepared folder; the archive provider zips it. */
export function createFunction(
  stack: Construct,
  consumer: FunctionMaker,
  arns: { readonly role: string; readonly kmsKeyArn?: string },
  references: SinkResources['references'],
  dependsOn: readonly ITerraformDependable[],
): LambdaFunction {
  const scope = new Construct(stack, 'processor');
  const settings = consumer.function;
  const { directory, handler } = deploymentPackage(consumer);
  const { outputPath, outputBase64Sha256 } = zip(scope, directory);
  const variables = { ...literals(scope, environmentOf(consumer)), ...references };
  const hasVariables = Object.keys(variables).length > 0;
  return new LambdaFunction(scope, 'resource', {
    ...settings, // most have Terraform's names in the topology
    functionName: settings.name,
    role: arns.role,
    architectures: [settings.architecture],
    handler,
    filename: outputPath,
    sourceCodeHash: outputBase64Sha256,
    description: settings.description && literal(scope, settings.description),
    vpcConfig: settings.vpc,
    tracingConfig: settings.tracing && { mode: settings.tracing },
    ephemeralStorage: settings.ephemeralStorage ? { size: settings.ephemeralStorage } : undefined,
    environment: hasVariables ? { variables } : undefined,
    // Lambda does not keep it without variables, and each plan would set it again.
    kmsKeyArn: hasVariables ? arns.kmsKeyArn : undefined,
    dependsOn: [...dependsOn],
  });
}

function zip(scope: Construct, directory: string): DataArchiveFile {
  // cdktf takes a relative path as one from the folder of cdktf.json, which need not be there.
  const code = { path: path.resolve(directory), type: AssetType.DIRECTORY };
  const asset = new TerraformAsset(scope, 'code', code);
  return new DataArchiveFile(scope, 'archive', {
    provider: new ArchiveProvider(scope, 'archive_provider'),
    type: 'zip',
    sourceDir: `\${path.module}/${asset.path}`,
    outputPath: `\${path.module}/${asset.path.replace(/\/$/, '')}.zip`,
    // The same package from every machine, whatever its umask; a custom runtime executes `bootstrap`.
    outputFileMode: '0755',
  });
}

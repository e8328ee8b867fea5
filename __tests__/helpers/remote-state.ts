const BUCKET = 'example-terraform-state';

/**
 * The data source of another stack's state, as in `cdk.tf.json`.
 *
 * @param outputs the outputs that are read, with the values that the topology knows
 * @param config what differs in the data source's configuration
 */
export function remoteState(
  stackId: string,
  outputs: Readonly<Record<string, string>>,
  config: { readonly bucket?: string; readonly key?: string } & Readonly<
    Record<string, unknown>
  > = {},
) {
  const { bucket = BUCKET, key = `orders/${stackId}.tfstate` } = config;
  return {
    backend: 's3',
    config: { region: 'us-east-1', ...config, bucket, key },
    lifecycle: {
      postcondition: Object.entries(outputs).map(([name, value]) => ({
        condition: isStream(value)
          ? `\${try(regex("^(.*/)[0-9T:.-]+$", self.outputs.${name})[0], "") == "${value}"}`
          : `\${try(self.outputs.${name}, "") == "${value}"}`,
        error_message: `The output ${name} of ${stackId} must be ${value}${isStream(value) ? '<time>' : ''}, as the topology says. The state s3://${bucket}/${key} has \${replace(jsonencode(try(self.outputs.${name}, null)), "/[^ -~]/", "?")}. Deploy ${stackId} first. If the state has the same value after that, find out who else writes to it.`,
      })),
    },
  };
}

const isStream = (value: string) => value.endsWith('/stream/');

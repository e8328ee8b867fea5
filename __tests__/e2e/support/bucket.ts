import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

/** A bucket and the objects in it. */
export class TestBucket {
  constructor(
    private readonly client: S3Client,
    readonly name: string,
  ) {}

  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: this.name, Prefix: prefix },
    );
    for await (const { Contents = [] } of pages) {
      keys.push(...Contents.map(({ Key = '' }) => Key));
    }
    return keys;
  }

  async read(key: string): Promise<Uint8Array> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    if (!Body) throw new Error(`${key} has no body`);
    return Body.transformToByteArray();
  }

  /** How S3 encrypted an object, and with which key. */
  async encryptionOf(key: string) {
    const { ServerSideEncryption: algorithm, SSEKMSKeyId } = await this.client.send(
      new HeadObjectCommand({ Bucket: this.name, Key: key }),
    );
    return { algorithm, key: SSEKMSKeyId };
  }

  /** Deletes every version of every object; a bucket without versions has one of each. */
  async empty(): Promise<void> {
    for (;;) {
      const { Versions = [], DeleteMarkers = [] } = await this.client.send(
        new ListObjectVersionsCommand({ Bucket: this.name }),
      );
      const all = [...Versions, ...DeleteMarkers];
      if (all.length === 0) return;
      for (const { Key, VersionId } of all) {
        await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key, VersionId }));
      }
    }
  }

  /** Nobody can read or write an object any more. */
  async close(): Promise<void> {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:GetObject', 's3:PutObject'],
          Resource: `arn:aws:s3:::${this.name}/*`,
        },
      ],
    });
    await this.client.send(new PutBucketPolicyCommand({ Bucket: this.name, Policy }));
  }

  /**
   * Takes the bucket's policy away. Emulators whose S3 does not evaluate conditions take a policy that
   * denies access without TLS for one that denies all access.
   */
  async open(): Promise<void> {
    await this.client.send(new DeleteBucketPolicyCommand({ Bucket: this.name }));
  }
}

"""Checks the emulator through its network interface: python3 selftest.py"""
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import uuid
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import event_filter
import policy

HERE = Path(__file__).resolve().parent
REGION = "us-east-1"
CONSUMER, OWNER = "111111111111", "222222222222"
MANAGED_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                # The account of callers without a role.
                "Principal": {"Service": "lambda.amazonaws.com", "AWS": "123456789012"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
READ = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]

# Sends what it gets to a queue. Items named in FAIL make it fail.
NODE_CODE = """
const key = () => process.env.AWS_ACCESS_KEY_ID;
async function send(body) {
  const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
      authorization: `AWS4-HMAC-SHA256 Credential=${key()}/20260101/` +
        `${process.env.AWS_REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
const id = (record) => record.dynamodb.Keys.OrderId.S;
export const handler = async (event, context) => {
  if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
  if (event.exit) process.exit(3);
  if (event.fail) throw new TypeError('asked to fail');
  if (!event.Records) {
    return { name: process.env.AWS_LAMBDA_FUNCTION_NAME, region: process.env.AWS_REGION,
             own: process.env.OWN, request: context.awsRequestId, key: key(),
             left: context.getRemainingTimeInMillis() };
  }
  console.log('records', event.Records.length);
  const bad = new Set((process.env.FAIL ?? '').split(','));
  await send({ ids: event.Records.map(id), records: event.Records });
  const failed = event.Records.filter((record) => bad.has(id(record)));
  if (process.env.REPORT) {
    const items = failed.map((r) => ({ itemIdentifier: r.dynamodb.SequenceNumber }));
    return { batchItemFailures: items };
  }
  if (failed.length) throw new Error('poison ' + failed.map(id));
};
"""
PYTHON_CODE = """
import boto3, json, os
def handler(event, context):
    for record in event.get("Records", []):
        boto3.client("s3").put_object(
            Bucket=os.environ["BUCKET"], Key=record["eventID"], Body=json.dumps(record).encode())
    return {"caller": boto3.client("sts").get_caller_identity()["Arn"]}
"""

READER_CODE = """
import boto3
def handler(event, context):
    try:
        found = boto3.client("dynamodbstreams").describe_stream(StreamArn=event["stream"])
        return found["StreamDescription"]["StreamStatus"]
    except Exception as error:
        return str(error)
"""


class Server:
    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "serve.py"), "--port", "0", "--poll-interval-ms", "50"]
            + list(arguments),
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("SELFTEST_VERBOSE") else subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line
        self.url = line.split()[1]

    def client(self, service, account=None, role="deployer", region=REGION, config=Config()):
        keys = ("test", "test", None)
        if account:
            arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
            found = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="selftest")
            found = found["Credentials"]
            keys = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1],
            aws_session_token=keys[2],
            config=config.merge(Config(retries={"max_attempts": 0})),
        )

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(5)


def setUpModule():
    global server
    server = Server()


def tearDownModule():
    server.stop()
    server.process.stdout.close()


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return buffer.getvalue()


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def wait_for(check, seconds=10):
    end = time.monotonic() + seconds
    while True:
        found = check()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.05)


def stream_policy(principal, actions=READ, **more):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*", **more}]}
    )


def failed_batches(bucket, **more):
    """What a role needs to put failed batches into a bucket."""
    return (
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket, **more},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"{bucket}/aws/lambda/*", **more},
    )


class Case(unittest.TestCase):
    """One table in OWNER, and what a consumer needs in CONSUMER."""

    def setUp(self):
        self.dynamodb = server.client("dynamodb", OWNER)
        self.iam = server.client("iam", CONSUMER)
        self.functions = server.client("lambda", CONSUMER)
        self.sqs = server.client("sqs", CONSUMER)
        self.s3 = server.client("s3", CONSUMER)

    def refused(self, code, text="", call=None, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertIn(text, caught.exception.response["Error"]["Message"])

    def table(self, client=None, **more):
        self.table_name = unique("Orders")
        answer = (client or self.dynamodb).create_table(
            TableName=self.table_name,
            AttributeDefinitions=[{"AttributeName": "OrderId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "OrderId", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            **more,
        )
        return answer["TableDescription"]["LatestStreamArn"]

    def role(self, managed=True, document=None):
        name = unique("Processor")
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        if managed:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        if document:
            self.inline(name, document)
        return arn

    def inline(self, role, *statements):
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        name = role.rsplit("/", 1)[-1]
        self.iam.put_role_policy(
            RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(document)
        )

    def queue(self):
        url = self.sqs.create_queue(QueueName=unique("queue"))["QueueUrl"]
        return url, f"arn:aws:sqs:{REGION}:{CONSUMER}:{url.rsplit('/', 1)[-1]}"

    def bucket(self):
        name = unique("failed")
        self.s3.create_bucket(Bucket=name)
        return name

    def function(self, role, environment, code=None, client=None, **more):
        name = unique("ProcessOrders")
        (client or self.functions).create_function(
            FunctionName=name,
            Role=role,
            Environment={"Variables": environment},
            Code={"ZipFile": code or zipped(index_mjs=NODE_CODE)},
            **{"Runtime": "nodejs22.x", "Handler": "index.handler", "Timeout": 5, **more},
        )
        return name

    def put(self, *ids, **attributes):
        for order in ids:
            item = {"OrderId": {"S": order}, **attributes}
            self.dynamodb.put_item(TableName=self.table_name, Item=item)

    def allow(self, stream, role):
        self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=stream_policy(role))

    def messages(self, url, count=1, seconds=10):
        found = []

        def enough():
            answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        wait_for(enough, seconds)
        return found

    def ids(self, url, count=1, seconds=10):
        return [m["ids"] for m in self.messages(url, count, seconds)]

    def consumer(self, stream, environment=None, allow=True, **settings):
        """Role, function and mapping; returns the queue the function writes to."""
        url, _ = self.queue()
        self.role_arn = self.role()
        if allow:
            self.allow(stream, self.role_arn)
        self.name = self.function(self.role_arn, {"QUEUE_URL": url, **(environment or {})})
        self.mapping = self.functions.create_event_source_mapping(
            FunctionName=self.name,
            EventSourceArn=stream,
            **{"StartingPosition": "LATEST", **settings},
        )
        self.addCleanup(
            self.functions.delete_event_source_mapping, UUID=self.mapping["UUID"]
        )
        return url

    def last_result(self):
        answer = self.functions.get_event_source_mapping(UUID=self.mapping["UUID"])
        return answer["LastProcessingResult"]


class PolicyEvaluator(unittest.TestCase):
    class caller:
        account, arn = CONSUMER, f"arn:aws:iam::{CONSUMER}:role/r"
        session_arn = f"arn:aws:sts::{CONSUMER}:assumed-role/r/s"
        root_arn = f"arn:aws:iam::{CONSUMER}:root"

    context = {"aws:PrincipalArn": caller.arn, "aws:PrincipalAccount": CONSUMER}

    def verdict(self, **statement):
        statement = {"Effect": "Allow", "Action": "dynamodb:Get*", "Resource": "*", **statement}
        caller = self.caller if "Principal" in statement else None
        document = {"Statement": statement}
        return policy.evaluate(document, "dynamodb:GetRecords", "a:b", self.context, caller)

    def test_elements(self):
        allow, none = policy.Verdict.ALLOW, policy.Verdict.NONE
        self.assertEqual(self.verdict(), allow)
        self.assertEqual(self.verdict(Effect="Deny"), policy.Verdict.DENY)
        self.assertEqual(self.verdict(Action=["DYNAMODB:getrecord?"]), allow)
        self.assertEqual(self.verdict(Action="dynamodb:Describe*"), none)
        self.assertEqual(self.verdict(Action=None, NotAction="dynamodb:GetRecords"), none)
        self.assertEqual(self.verdict(Resource="a:*"), allow)
        self.assertEqual(self.verdict(Resource="b:*"), none)

    def test_principals(self):
        for principal in ("*", {"AWS": "*"}, {"AWS": [self.caller.arn]}):
            self.assertEqual(self.verdict(Principal=principal), policy.Verdict.ALLOW)
        for principal in (self.caller.root_arn, CONSUMER):
            self.assertEqual(self.verdict(Principal={"AWS": principal}), policy.Verdict.ACCOUNT)
        other = {"AWS": f"arn:aws:iam::{CONSUMER}:role/other"}
        self.assertEqual(self.verdict(Principal=other), policy.Verdict.NONE)
        service = {"Service": "lambda.amazonaws.com"}
        self.assertEqual(self.verdict(Principal=service), policy.Verdict.NONE)

    def test_conditions(self):
        role, account = "aws:PrincipalArn", "aws:PrincipalAccount"
        for holds, condition in (
            (True, {"StringEquals": {account: CONSUMER}}),
            (True, {"StringEquals": {account: ["0", CONSUMER]}}),
            (False, {"StringEquals": {account: "0"}}),
            (True, {"StringNotEquals": {account: "0"}}),
            (True, {"StringLike": {role: "*:role/?"}}),
            (True, {"ArnLike": {role: "arn:aws:iam::*:role/*"}}),
            (False, {"ArnEquals": {role: "arn:aws:iam::*:user/*"}}),
            (False, {"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}),
            (True, {"ArnLikeIfExists": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}),
            (False, {"Bool": {"aws:SecureTransport": "true"}}),
            (True, {"BoolIfExists": {"aws:SecureTransport": True}}),
            (True, {"StringEquals": {role: "arn:aws:iam::${aws:PrincipalAccount}:role/r"}}),
            (True, {"Null": {"aws:SourceArn": "true"}}),
            (False, {"StringEquals": {account: CONSUMER}, "ArnLike": {role: "arn:*"}}),
        ):
            with self.subTest(condition=condition):
                expected = policy.Verdict.ALLOW if holds else policy.Verdict.NONE
                self.assertEqual(self.verdict(Condition=condition), expected)


class EventPatterns(unittest.TestCase):
    def test_patterns(self):
        """The cases that `npm run local` is tested with."""
        given = json.loads((HERE / "event_filters.json").read_text())
        for case in given["cases"]:
            with self.subTest(case["name"]):
                event_filter.check(case["pattern"])
                self.assertIs(event_filter.matches(case["pattern"], given["event"]), case["matches"])

    def test_bad_patterns(self):
        for bad in ({}, {"a": "x"}, {"a": []}, {"a": [{"like": "x"}]}):
            with self.assertRaises(ValueError):
                event_filter.check(bad)


class Emails(Case):
    def test_pending_until_confirmed(self):
        sns = server.client("sns", CONSUMER)
        topic, address = sns.create_topic(Name=unique("alarms"))["TopicArn"], "operators@example.com"
        arn = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address,
                            ReturnSubscriptionArn=True)["SubscriptionArn"]

        def seen():
            listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            counts = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
            one = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
            return ([(each["SubscriptionArn"], each["Endpoint"]) for each in listed],
                    counts["SubscriptionsPending"], counts["SubscriptionsConfirmed"],
                    one["PendingConfirmation"])

        self.assertEqual(seen(), ([("PendingConfirmation", address)], "1", "0", "true"))
        self.refused("InvalidParameter", "Token", sns.confirm_subscription, TopicArn=topic, Token="other")
        found = sns.confirm_subscription(TopicArn=topic, Token=address)
        self.assertEqual(found["SubscriptionArn"], arn)
        self.assertEqual(seen(), ([(arn, address)], "0", "1", "false"))


class StreamPolicies(Case):
    def test_put_get_delete(self):
        stream, role = self.table(), self.role()
        document = stream_policy(role)
        self.refused("PolicyNotFoundException", "", self.dynamodb.get_resource_policy,
                     ResourceArn=stream)
        first = self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=document)
        found = self.dynamodb.get_resource_policy(ResourceArn=stream)
        self.assertEqual(json.loads(found["Policy"]), json.loads(document))
        self.assertEqual(found["RevisionId"], first["RevisionId"])
        put = self.dynamodb.put_resource_policy
        self.refused("PolicyNotFoundException", "", put, ResourceArn=stream,
                     Policy=stream_policy("*"), ExpectedRevisionId="NO_POLICY")
        self.refused("PolicyNotFoundException", "", put, ResourceArn=stream,
                     Policy=stream_policy("*"), ExpectedRevisionId="1")
        put(ResourceArn=stream, Policy=stream_policy("*"), ExpectedRevisionId=first["RevisionId"])
        self.dynamodb.delete_resource_policy(ResourceArn=stream)
        self.dynamodb.delete_resource_policy(ResourceArn=stream)
        self.refused("PolicyNotFoundException", "", self.dynamodb.get_resource_policy,
                     ResourceArn=stream)

    def test_tables_still_work(self):
        stream = self.table()
        table = stream.split("/stream/")[0]
        self.dynamodb.put_resource_policy(ResourceArn=table, Policy=stream_policy("*"))
        self.assertIn("Policy", self.dynamodb.get_resource_policy(ResourceArn=table))

    def test_refusals(self):
        stream, put = self.table(), self.dynamodb.put_resource_policy
        bad = "ValidationException"
        self.refused(bad, "Syntax", put, ResourceArn=stream, Policy="{")
        self.refused(bad, "larger", put, ResourceArn=stream,
                     Policy=stream_policy("*", Sid="x" * 20480))
        self.refused(bad, "Principal", put, ResourceArn=stream,
                     Policy=stream_policy("*").replace("Principal", "Who"))
        for principal in (f"arn:aws:iam::{CONSUMER}:role/nobody",
                          f"arn:aws:iam::{CONSUMER}:role/*"):
            self.refused(bad, "Invalid principal", put, ResourceArn=stream,
                         Policy=stream_policy(principal))
        put(ResourceArn=stream, Policy=stream_policy(f"arn:aws:iam::{CONSUMER}:root"))
        self.refused("ResourceNotFoundException", "", put, ResourceArn=stream[:-3] + "000",
                     Policy=stream_policy("*"))
        other = server.client("dynamodb", CONSUMER).put_resource_policy
        self.refused("AccessDeniedException", "", other, ResourceArn=stream,
                     Policy=stream_policy("*"))


class StreamAccess(Case):
    def read(self, client, stream):
        found = client.describe_stream(StreamArn=stream)["StreamDescription"]
        iterator = client.get_shard_iterator(
            StreamArn=stream, ShardId=found["Shards"][0]["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records = client.get_records(ShardIterator=iterator)["Records"]
        return [r["dynamodb"]["Keys"]["OrderId"]["S"] for r in records]

    def test_across_accounts(self):
        stream, role = self.table(), self.role()
        self.put("1", "2")
        client = server.client("dynamodbstreams", CONSUMER, role)
        self.refused("AccessDeniedException", "no resource-based policy allows",
                     client.describe_stream, StreamArn=stream)
        self.allow(stream, role)
        self.assertEqual(self.read(client, stream), ["1", "2"])
        name = role.rsplit("/", 1)[-1]
        self.iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        self.refused("AccessDeniedException", "no identity-based policy allows",
                     client.describe_stream, StreamArn=stream)
        own = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": stream}
        self.inline(role, own)
        self.assertEqual(self.read(client, stream), ["1", "2"])
        self.inline(role, own, {**own, "Effect": "Deny", "Action": "dynamodb:GetRecords"})
        self.refused("AccessDeniedException", "explicit deny in an identity-based policy",
                     self.read, client=client, stream=stream)

    def test_resource_policy_elements(self):
        stream, role = self.table(), self.role()
        client = server.client("dynamodbstreams", CONSUMER, role)

        def allowed(document):
            self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=document)
            try:
                client.describe_stream(StreamArn=stream)
                return True
            except ClientError:
                return False

        def when(operator, key, value):
            return stream_policy("*", Condition={operator: {key: value}})

        self.assertTrue(allowed(stream_policy(f"arn:aws:iam::{CONSUMER}:root")))
        self.assertFalse(allowed(stream_policy(f"arn:aws:iam::{OWNER}:root")))
        self.assertFalse(allowed(stream_policy(role, actions=["dynamodb:GetRecords"])))
        self.assertFalse(allowed(stream_policy(role, Resource=stream + "x")))
        self.assertTrue(allowed(when("StringEquals", "aws:PrincipalAccount", CONSUMER)))
        self.assertFalse(allowed(when("StringEquals", "aws:PrincipalAccount", OWNER)))
        self.assertTrue(allowed(when("ArnEquals", "aws:PrincipalArn", role)))
        self.assertTrue(allowed(when("Bool", "aws:SecureTransport", "true")))
        self.assertFalse(allowed(when("ArnLike", "aws:SourceArn", "arn:aws:lambda:*")))

    def test_deny_in_the_resource_policy(self):
        stream, role = self.table(), self.role()
        client = server.client("dynamodbstreams", CONSUMER, role)
        document = json.loads(stream_policy(role))
        document["Statement"].append({
            "Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWNER}}})
        self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=json.dumps(document))
        self.refused("AccessDeniedException", "explicit deny in a resource-based policy",
                     client.describe_stream, StreamArn=stream)

    def test_permissions_boundary(self):
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        client = server.client("dynamodbstreams", CONSUMER, role)
        client.describe_stream(StreamArn=stream)
        document = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
        boundary = self.iam.create_policy(PolicyName=unique("b"), PolicyDocument=document)
        self.iam.put_role_permissions_boundary(
            RoleName=role.rsplit("/", 1)[-1], PermissionsBoundary=boundary["Policy"]["Arn"])
        self.refused("AccessDeniedException", "no identity-based policy allows",
                     client.describe_stream, StreamArn=stream)

    def test_same_account(self):
        stream = self.table()
        iam = server.client("iam", OWNER)
        name = unique("Reader")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        client = server.client("dynamodbstreams", OWNER, role)
        self.refused("AccessDeniedException", "", client.describe_stream, StreamArn=stream)
        self.allow(stream, role)
        client.describe_stream(StreamArn=stream)
        self.dynamodb.delete_resource_policy(ResourceArn=stream)
        iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        client.describe_stream(StreamArn=stream)

    def test_plain_credentials(self):
        plain = server.client("dynamodb")
        stream = self.table(plain)
        server.client("dynamodbstreams").describe_stream(StreamArn=stream)

    def test_stream_turned_off_and_on(self):
        stream = self.table()
        update = self.dynamodb.update_table
        update(TableName=self.table_name, StreamSpecification={"StreamEnabled": False})
        self.put("unseen")
        answer = update(TableName=self.table_name, StreamSpecification={
            "StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
        renewed = answer["TableDescription"]["LatestStreamArn"]
        self.assertNotEqual(renewed, stream)
        client = server.client("dynamodbstreams", OWNER)
        self.assertEqual(self.read(client, renewed), [])
        self.refused("ResourceNotFoundException", "", client.describe_stream, StreamArn=stream)


class TableAccess(Case):
    def test_across_accounts(self):
        arn, role = self.table().split("/stream/")[0], self.role(managed=False)
        self.put("1")
        client = server.client("dynamodb", CONSUMER, role)
        key = {"OrderId": {"S": "1"}}
        calls = {
            "GetItem": lambda: client.get_item(TableName=arn, Key=key)["Item"],
            "BatchGetItem": lambda: client.batch_get_item(RequestItems={arn: {"Keys": [key]}})[
                "Responses"][arn][0],
            "Query": lambda: client.query(
                TableName=arn, KeyConditionExpression="OrderId = :id",
                ExpressionAttributeValues={":id": {"S": "1"}})["Items"][0],
        }
        for action, call in calls.items():
            own = {"Effect": "Allow", "Action": f"dynamodb:{action}", "Resource": arn}
            policy = json.dumps({"Statement": {**own, "Principal": {"AWS": role}}})
            self.inline(role, {**own, "Action": "sqs:*"})
            self.dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
            self.refused("AccessDeniedException", "no identity-based policy allows", call)
            self.inline(role, own)
            self.assertEqual(call(), key)
            self.dynamodb.delete_resource_policy(ResourceArn=arn)
            self.refused("AccessDeniedException", "no resource-based policy allows", call)

    def test_indexes_are_resources_of_their_own(self):
        arn, role = self.table().split("/stream/")[0], self.role(managed=False)
        own = {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": f"{arn}/index/byDate"}
        self.inline(role, own)
        policy = json.dumps({"Statement": {**own, "Principal": {"AWS": role}}})
        self.dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
        client = server.client("dynamodb", CONSUMER, role)
        query = {"TableName": arn, "KeyConditionExpression": "OrderId = :id",
                 "ExpressionAttributeValues": {":id": {"S": "1"}}}
        self.refused("AccessDeniedException", arn, client.query, **query)
        self.refused("ResourceNotFoundException", "Invalid index", client.query, **query,
                     IndexName="byDate")

    def test_customer_managed_key(self):
        key = server.client("kms", OWNER).create_key()["KeyMetadata"]["Arn"]
        sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        arn, role = self.table(SSESpecification=sse).split("/stream/")[0], self.role(managed=False)
        own = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": arn}
        self.inline(role, own)
        policy = json.dumps({"Statement": {**own, "Principal": {"AWS": role}}})
        self.dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
        get = server.client("dynamodb", CONSUMER, role).get_item
        self.refused("AccessDeniedException", "no identity-based policy allows the kms:Decrypt",
                     get, TableName=arn, Key={"OrderId": {"S": "1"}})


class Invocations(Case):
    def invoke(self, name, event, **more):
        answer = self.functions.invoke(FunctionName=name, Payload=json.dumps(event), **more)
        return answer, json.loads(answer["Payload"].read() or "null")

    def test_node(self):
        name = self.function(self.role(), {"OWN": "x"})
        answer, result = self.invoke(name, {}, LogType="Tail")
        self.assertEqual((result["name"], result["region"], result["own"]), (name, REGION, "x"))
        self.assertNotIn("FunctionError", answer)
        self.assertIn("LogResult", answer)
        self.assertGreater(result["left"], 3000)
        answer, error = self.invoke(name, {"fail": True})
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertEqual(error["errorType"], "TypeError")
        self.assertEqual(error["errorMessage"], "asked to fail")
        answer, error = self.invoke(name, {"exit": True})
        self.assertEqual(error["errorType"], "Runtime.ExitError")
        self.assertIn("exit status 3", error["errorMessage"])
        answer, again = self.invoke(name, {})
        self.assertEqual(again["name"], name)
        self.functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {"OWN": "y"}})
        self.assertEqual(self.invoke(name, {})[1]["own"], "y")

    def test_timeout(self):
        name = self.function(self.role(), {}, Timeout=1)
        answer, error = self.invoke(name, {"sleep": 30000})
        self.assertEqual(answer["FunctionError"], "Unhandled")
        self.assertIn("Task timed out after 1.00 seconds", error["errorMessage"])

    def test_commonjs_in_a_folder(self):
        code = zipped(**{"src/app_js": "exports.main = async (e) => e.n + 1"})
        name = self.function(self.role(), {}, code, Handler="src/app.main", Runtime="nodejs24.x")
        self.assertEqual(self.invoke(name, {"n": 1})[1], 2)

    def test_broken_code(self):
        for code, handler, kind in (
            (zipped(index_mjs="import 'absent'"), "index.handler", "Error"),
            (zipped(index_mjs=""), "index.handler", "Runtime.HandlerNotFound"),
            (zipped(index_mjs=""), "other.handler", "Runtime.ImportModuleError"),
        ):
            name = self.function(self.role(), {}, code, Handler=handler)
            self.assertEqual(self.invoke(name, {})[1]["errorType"], kind)

    def test_python_has_the_credentials_of_its_role(self):
        role = self.role()
        name = self.function(role, {}, zipped(index_py=PYTHON_CODE), Runtime="python3.12")
        _, result = self.invoke(name, {})
        wanted = f"arn:aws:sts::{CONSUMER}:assumed-role/{role.rsplit('/', 1)[-1]}/{name}"
        self.assertEqual(result["caller"], wanted)

    def test_refusals(self):
        name = self.function(self.role(), {})
        self.refused("InvalidRequestContentException", "", self.functions.invoke,
                     FunctionName=name, Payload="{")
        trust = TRUST.replace("lambda.", "ec2.")
        role = self.iam.create_role(RoleName=unique("r"), AssumeRolePolicyDocument=trust)
        self.refused("InvalidParameterValueException", "cannot be assumed by Lambda",
                     self.function, role=role["Role"]["Arn"], environment={})

    def test_logs(self):
        name = self.function(self.role(), {})
        self.invoke(name, {"fail": True})
        logs = server.client("logs", CONSUMER)
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        text = "\n".join(e["message"] for e in events)
        self.assertIn("START RequestId", text)
        self.assertIn("asked to fail", text)
        silent = self.function(self.role(managed=False), {})
        self.invoke(silent, {})
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{silent}")
        self.assertEqual(groups["logGroups"], [])


class MappingApi(Case):
    def create(self, stream, role, **more):
        name = self.function(role, {}, client=more.pop("client", None))
        arguments = {"FunctionName": name, "EventSourceArn": stream, "StartingPosition": "LATEST"}
        return self.functions.create_event_source_mapping(**{**arguments, **more})

    def test_access_is_checked(self):
        stream, role = self.table(), self.role()
        code = "InvalidParameterValueException"
        self.refused(code, "Cannot access stream", self.create, stream=stream, role=role)
        document = stream_policy(role, ["dynamodb:DescribeStream", "dynamodb:GetRecords"])
        self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=document)
        self.refused(code, "perform the GetShardIterator Actions", self.create,
                     stream=stream, role=role)
        self.allow(stream, role)
        self.refused(code, "no identity-based policy", self.create, stream=stream,
                     role=self.role(managed=False))
        self.assertEqual(self.create(stream, role)["State"], "Enabled")

    def test_other_refusals(self):
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        code = "InvalidParameterValueException"
        abroad = server.client("dynamodb", OWNER, region="eu-west-1")
        self.refused(code, "same region", self.create, stream=self.table(abroad), role=role)
        self.refused("ResourceNotFoundException", "", self.create, stream=stream, role=role,
                     FunctionName="nobody")
        for setting, value in (
            ("BatchSize", 10001), ("ParallelizationFactor", 11), ("MaximumRecordAgeInSeconds", 30),
            ("StartingPosition", "AT_TIMESTAMP"),
            ("FilterCriteria", {"Filters": [{"Pattern": "{"}]}),
            ("DestinationConfig", {"OnFailure": {"Destination": self.queue()[1]}}),
            ("DestinationConfig", {"OnFailure": {"Destination": f"arn:aws:s3:::{self.bucket()}"}}),
        ):
            with self.subTest(setting=setting):
                self.refused(code, "", self.create, stream=stream, role=role, **{setting: value})
        name = self.function(role, {})
        self.create(stream, role, FunctionName=name)
        self.refused("ResourceConflictException", "already exists", self.create, stream=stream,
                     role=role, FunctionName=name)

    def test_settings_are_kept(self):
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        bucket = f"arn:aws:s3:::{self.bucket()}"
        self.inline(role, *failed_batches(bucket))
        settings = {
            "BatchSize": 7,
            "MaximumBatchingWindowInSeconds": 2,
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]},
            "ParallelizationFactor": 3,
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 4,
            "MaximumRecordAgeInSeconds": 600,
            "DestinationConfig": {"OnFailure": {"Destination": bucket}},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "TumblingWindowInSeconds": 30,
            "StartingPosition": "TRIM_HORIZON",
            "MetricsConfig": {"Metrics": ["EventCount"]},
        }
        made = self.create(stream, role, Tags={"team": "a"}, **settings)
        found = self.functions.get_event_source_mapping(UUID=made["UUID"])
        for key, value in settings.items():
            self.assertEqual(found[key], value, key)
        arn = made["EventSourceMappingArn"]
        self.assertEqual(self.functions.list_tags(Resource=arn)["Tags"], {"team": "a"})
        name = made["FunctionArn"].rsplit(":", 1)[-1]
        listed = self.functions.list_event_source_mappings(FunctionName=name)
        self.assertEqual([m["UUID"] for m in listed["EventSourceMappings"]], [made["UUID"]])
        changed = self.functions.update_event_source_mapping(
            UUID=made["UUID"], BatchSize=9, Enabled=False, FilterCriteria={})
        self.assertEqual((changed["BatchSize"], changed["State"]), (9, "Disabled"))
        self.assertNotIn("FilterCriteria", changed)
        self.functions.delete_event_source_mapping(UUID=made["UUID"])
        for call in (self.functions.get_event_source_mapping,
                     self.functions.update_event_source_mapping,
                     self.functions.delete_event_source_mapping):
            self.refused("ResourceNotFoundException", "", call, UUID=made["UUID"])

    def test_defaults(self):
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        made = self.create(stream, role)
        for key, value in {
            "BatchSize": 100, "MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 1,
            "MaximumRetryAttempts": -1, "MaximumRecordAgeInSeconds": -1,
            "BisectBatchOnFunctionError": False, "FunctionResponseTypes": [],
            "TumblingWindowInSeconds": 0, "LastProcessingResult": "No records processed",
        }.items():
            self.assertEqual(made[key], value, key)

    def test_the_key_of_the_failed_batches(self):
        key = server.client("kms", CONSUMER).create_key()["KeyMetadata"]["Arn"]
        stream, role, name = self.table(), self.role(), self.bucket()
        bucket = f"arn:aws:s3:::{name}"
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        self.s3.put_bucket_encryption(
            Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.allow(stream, role)
        self.inline(role, *failed_batches(bucket))
        settings = {"DestinationConfig": {"OnFailure": {"Destination": bucket}}}
        self.refused("InvalidParameterValueException", "kms:GenerateDataKey on", self.create,
                     stream=stream, role=role, **settings)
        context = "kms:EncryptionContext:aws:s3:arn"
        via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", context: bucket}
        self.inline(role, *failed_batches(bucket), {
            "Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": key,
            "Condition": {"StringEquals": via}})
        self.create(stream, role, **settings)

    def test_the_key_of_a_log_group(self):
        kms, logs = server.client("kms", CONSUMER), server.client("logs", CONSUMER)
        name = unique("/aws/lambda/log")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        refused = "is not allowed to be used with LogGroup"
        self.refused("InvalidParameterException", refused, logs.create_log_group,
                     logGroupName=name, kmsKeyId=key)
        arn = f"arn:aws:logs:{REGION}:{CONSUMER}:log-group:{name}"
        statement = {
            "Effect": "Allow", "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
            "Action": "kms:GenerateDataKey*", "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}}}
        kms.put_key_policy(
            KeyId=key, PolicyName="default", Policy=json.dumps({"Statement": [statement]}))
        logs.create_log_group(logGroupName=name)
        logs.associate_kms_key(logGroupName=name, kmsKeyId=key)
        self.assertEqual(self.log_key(logs, name), key)
        logs.disassociate_kms_key(logGroupName=name)
        self.assertIsNone(self.log_key(logs, name))

    def log_key(self, logs, name):
        return logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0].get("kmsKeyId")

    def test_customer_managed_key(self):
        kms = server.client("kms", OWNER)
        key = kms.create_key()["KeyMetadata"]["Arn"]
        sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        stream, role = self.table(SSESpecification=sse), self.role()
        self.allow(stream, role)
        code = "InvalidParameterValueException"
        self.refused(code, "no identity-based policy allows the kms:Decrypt", self.create,
                     stream=stream, role=role)
        self.inline(role, {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key})
        self.refused(code, "no resource-based policy allows the kms:Decrypt", self.create,
                     stream=stream, role=role)
        statements = [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OWNER}:root"},
             "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:Decrypt",
             "Resource": "*",
             "Condition": {"StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"}}},
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=document)
        self.assertEqual(self.create(stream, role)["State"], "Enabled")
        kms.disable_key(KeyId=key.rsplit("/", 1)[-1])
        self.refused(code, "Disabled", self.create, stream=stream, role=role)

    def test_encryption_context_names_the_table(self):
        kms = server.client("kms", OWNER)
        key = kms.create_key()["KeyMetadata"]["Arn"]
        sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        stream, role = self.table(SSESpecification=sse), self.role()
        self.allow(stream, role)
        variable = "kms:EncryptionContext:aws:dynamodb:tableName"

        def of_table(name):
            return {"Condition": {"StringEquals": {variable: name}}}

        def policies(of_role, of_key):
            statement = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
            self.inline(role, {**statement, **of_table(of_role)})
            document = {"Version": "2012-10-17", "Statement": [
                {**statement, "Principal": {"AWS": role}, **of_table(of_key)}]}
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))

        code = "InvalidParameterValueException"
        policies("Other", self.table_name)
        self.refused(code, "no identity-based policy allows the kms:Decrypt", self.create,
                     stream=stream, role=role)
        policies(self.table_name, "Other")
        self.refused(code, "no resource-based policy allows the kms:Decrypt", self.create,
                     stream=stream, role=role)
        policies(self.table_name, self.table_name)
        self.assertEqual(self.create(stream, role)["State"], "Enabled")

    def test_aws_managed_key(self):
        stream, role = self.table(SSESpecification={"Enabled": True, "SSEType": "KMS"}), self.role()
        self.inline(role, {"Effect": "Allow", "Action": "kms:*", "Resource": "*"})
        self.allow(stream, role)
        self.refused("InvalidParameterValueException", "AWS managed key", self.create,
                     stream=stream, role=role)


class SourceFunction(Case):
    """lambda:SourceFunctionArn is in the calls of a function's code, not in the poller's."""

    def test_condition_that_only_the_poller_meets(self):
        stream, role = self.table(), self.role(managed=False)
        self.allow(stream, role)
        read = {"Effect": "Allow", "Action": READ, "Resource": stream}
        self.inline(role, {**read, "Condition": {"Null": {"lambda:SourceFunctionArn": "true"}}})
        name = self.function(role, {}, zipped(index_py=READER_CODE), Runtime="python3.12",
                             Timeout=20)
        made = self.functions.create_event_source_mapping(
            FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST")
        self.assertEqual(made["State"], "Enabled")

        def reads():
            answer = self.functions.invoke(
                FunctionName=name, Payload=json.dumps({"stream": stream}))
            return json.loads(answer["Payload"].read())

        self.assertIn("no identity-based policy allows", reads())
        self.inline(role, read)
        self.assertEqual(reads(), "ENABLED")
        arn = made["FunctionArn"]
        self.inline(role, {**read, "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": arn}}})
        self.assertEqual(reads(), "ENABLED")
        self.mapping = made
        self.assertTrue(wait_for(lambda: "is not authorized" in self.last_result()))

    def test_condition_of_the_log(self):
        role = self.role(managed=False)
        statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        condition = {"Null": {"lambda:SourceFunctionArn": "false"}}
        self.inline(role, {**statement, "Condition": condition})
        name = self.function(role, {})
        self.functions.invoke(FunctionName=name, Payload="{}")
        logs = server.client("logs", CONSUMER)
        self.assertTrue(logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"])


class Delivery(Case):
    def test_walk_through(self):
        stream = self.table()
        self.put("before")
        url = self.consumer(stream)
        self.put("1", Total={"N": "5"})
        (message,) = self.messages(url)
        self.assertEqual(message["ids"], ["1"])
        record = message["records"][0]
        self.assertEqual(record["eventSourceARN"], stream)
        self.assertEqual((record["eventName"], record["eventSource"], record["awsRegion"]),
                         ("INSERT", "aws:dynamodb", REGION))
        self.assertEqual(record["dynamodb"]["NewImage"]["Total"], {"N": "5"})
        wait_for(lambda: self.last_result() == "OK")
        self.assertEqual(self.last_result(), "OK")

        self.dynamodb.delete_resource_policy(ResourceArn=stream)
        wait_for(lambda: self.last_result().startswith("PROBLEM"))
        self.assertIn("no resource-based policy", self.last_result())
        self.put("2", "3")
        self.assertEqual(self.ids(url, seconds=1), [])
        self.allow(stream, self.role_arn)
        self.assertEqual(sum(self.ids(url), []), ["2", "3"])

    def test_deleted_role(self):
        stream = self.table()
        url = self.consumer(stream)
        name = self.role_arn.rsplit("/", 1)[-1]
        self.iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        self.iam.delete_role(RoleName=name)
        self.assertTrue(wait_for(lambda: "cannot be assumed" in self.last_result()))
        self.put("1")
        self.assertEqual(self.ids(url, seconds=1), [])

    def test_role_created_again_under_its_name(self):
        stream = self.table()
        url = self.consumer(stream)
        name, document = self.role_arn.rsplit("/", 1)[-1], stream_policy(self.role_arn)
        unique_id = self.iam.get_role(RoleName=name)["Role"]["RoleId"]
        kms = server.client("kms", OWNER)
        key = kms.create_key(Policy=document)["KeyMetadata"]["KeyId"]
        self.iam.detach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        self.iam.delete_role(RoleName=name)
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        self.iam.attach_role_policy(RoleName=name, PolicyArn=MANAGED_POLICY)
        expected = json.loads(stream_policy(unique_id))
        found = self.dynamodb.get_resource_policy(ResourceArn=stream)["Policy"]
        self.assertEqual(json.loads(found), expected)
        found = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        self.assertEqual(json.loads(found), expected)
        self.assertTrue(wait_for(lambda: "is not authorized" in self.last_result()))
        self.put("1")
        self.dynamodb.put_resource_policy(ResourceArn=stream, Policy=document)
        self.assertEqual(self.ids(url), [["1"]])

    def test_python_function_writes_to_a_bucket(self):
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        bucket = unique("bucket")
        s3 = server.client("s3", CONSUMER)
        s3.create_bucket(Bucket=bucket)
        name = self.function(role, {"BUCKET": bucket}, zipped(index_py=PYTHON_CODE),
                             Runtime="python3.12", Timeout=20)
        self.functions.create_event_source_mapping(
            FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST")
        self.put("1")
        self.assertTrue(wait_for(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"), 20))

    def test_same_account_stream(self):
        consumer_side = server.client("dynamodb", CONSUMER)
        stream = self.table(consumer_side)
        url = self.consumer(stream, allow=False)
        consumer_side.put_item(TableName=self.table_name, Item={"OrderId": {"S": "1"}})
        self.assertEqual(self.ids(url), [["1"]])

    def test_starting_position_and_batch_size(self):
        stream = self.table()
        self.put("1", "2", "3")
        url = self.consumer(stream, BatchSize=2, StartingPosition="TRIM_HORIZON")
        self.assertEqual(self.ids(url, 2), [["1", "2"], ["3"]])

    def test_batching_window(self):
        stream = self.table()
        url = self.consumer(stream, MaximumBatchingWindowInSeconds=2, BatchSize=3)
        self.put("1")
        time.sleep(0.5)
        self.put("2")
        self.assertEqual(self.ids(url), [["1", "2"]])
        self.put("3", "4", "5")
        self.assertEqual(self.ids(url), [["3", "4", "5"]])

    def test_filter(self):
        stream = self.table()
        pattern = {"eventName": ["INSERT"],
                   "dynamodb": {"NewImage": {"State": {"S": [{"prefix": "PA"}]}}}}
        url = self.consumer(
            stream, FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
        self.put("1", State={"S": "NEW"})
        self.put("2", State={"S": "PAID"})
        self.put("2", State={"S": "PAUSED"})
        self.put("3", State={"S": "PAID"})
        self.assertEqual(sum(self.ids(url, 2), []), ["2", "3"])

    def test_updates_that_change_nothing_and_images(self):
        stream = self.table()
        url = self.consumer(stream)
        self.put("1", Total={"N": "1"})
        self.put("1", Total={"N": "1"})
        self.put("1", Total={"N": "2"})
        self.dynamodb.delete_item(TableName=self.table_name, Key={"OrderId": {"S": "1"}})
        seen = []
        while len(seen) < 3:
            found = self.messages(url)
            if not found:
                break
            seen += [r for m in found for r in m["records"]]
        self.assertEqual([r["eventName"] for r in seen], ["INSERT", "MODIFY", "REMOVE"])
        self.assertEqual(seen[1]["dynamodb"]["OldImage"]["Total"], {"N": "1"})

    def on_failure(self, **settings):
        """Four items of which one is poison, and a mapping that sends failed batches to a bucket."""
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        url, self.failed = self.queue()[0], self.bucket()
        bucket = f"arn:aws:s3:::{self.failed}"
        owned = {"Condition": {"StringEquals": {"s3:ResourceAccount": CONSUMER},
                               "Null": {"lambda:SourceFunctionArn": "true"}}}
        self.inline(role, *failed_batches(bucket, **owned))
        environment = {"QUEUE_URL": url, "FAIL": "poison", **settings.pop("environment", {})}
        name = self.function(role, environment)
        self.put("1", "poison", "2", "3")
        self.mapping = self.functions.create_event_source_mapping(
            FunctionName=name, EventSourceArn=stream, StartingPosition="TRIM_HORIZON",
            DestinationConfig={"OnFailure": {"Destination": bucket}}, **settings)
        return stream, url

    def failed_batch(self):
        (item,) = wait_for(lambda: self.s3.list_objects_v2(Bucket=self.failed).get("Contents"))
        prefix = f"aws/lambda/{self.mapping['UUID']}/shardId-"
        self.assertTrue(item["Key"].startswith(prefix), item["Key"])
        body = self.s3.get_object(Bucket=self.failed, Key=item["Key"])["Body"]
        return json.loads(body.read())

    def test_poison_record_goes_to_the_bucket(self):
        stream, url = self.on_failure(BatchSize=1, MaximumRetryAttempts=2)
        seen = self.ids(url, 6)
        self.assertEqual(seen, [["1"], ["poison"], ["poison"], ["poison"], ["2"], ["3"]])
        failed = self.failed_batch()
        self.assertEqual(failed["requestContext"]["condition"], "RetryAttemptsExhausted")
        self.assertEqual(failed["requestContext"]["approximateInvokeCount"], 3)
        self.assertEqual(failed["responseContext"]["functionError"], "Unhandled")
        info = failed["DDBStreamBatchInfo"]
        self.assertEqual((info["batchSize"], info["streamArn"]), (1, stream))
        self.assertEqual(info["startSequenceNumber"], info["endSequenceNumber"])
        (record,) = json.loads(failed["payload"])["Records"]
        self.assertEqual(record["eventSourceARN"], stream)

    def test_bisect(self):
        _, url = self.on_failure(MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)
        seen = self.ids(url, 6)
        self.assertEqual(seen, [["1", "poison", "2", "3"], ["1", "poison"], ["1"],
                                ["poison"], ["poison"], ["2", "3"]])
        self.assertEqual(self.failed_batch()["DDBStreamBatchInfo"]["batchSize"], 1)

    def test_partial_failures(self):
        _, url = self.on_failure(
            MaximumRetryAttempts=1, FunctionResponseTypes=["ReportBatchItemFailures"],
            environment={"REPORT": "1"})
        self.assertEqual(self.ids(url, 2), [["1", "poison", "2", "3"], ["poison", "2", "3"]])
        self.assertEqual(self.failed_batch()["DDBStreamBatchInfo"]["batchSize"], 3)
        self.put("4")
        self.assertEqual(self.ids(url), [["4"]])

    def test_a_report_with_bisecting(self):
        _, url = self.on_failure(
            MaximumRetryAttempts=1, BisectBatchOnFunctionError=True,
            FunctionResponseTypes=["ReportBatchItemFailures"], environment={"REPORT": "1"})
        seen = self.ids(url, 3)
        self.assertEqual(seen, [["1", "poison", "2", "3"], *[["poison", "2", "3"]] * 2])
        self.assertEqual(self.failed_batch()["DDBStreamBatchInfo"]["batchSize"], 3)

    def test_bucket_of_another_account(self):
        bucket = unique("failed")
        server.client("s3", OWNER).create_bucket(Bucket=bucket)
        stream, role = self.table(), self.role()
        self.allow(stream, role)
        arn = f"arn:aws:s3:::{bucket}"
        owned = {"Condition": {"StringEquals": {"s3:ResourceAccount": CONSUMER}}}
        self.inline(role, *failed_batches(arn, **owned))
        self.refused("InvalidParameterValueException", "ListBucket",
                     self.functions.create_event_source_mapping,
                     FunctionName=self.function(role, {}), EventSourceArn=stream,
                     StartingPosition="LATEST",
                     DestinationConfig={"OnFailure": {"Destination": arn}})

    def test_disabled_mapping_waits(self):
        stream = self.table()
        url = self.consumer(stream, Enabled=False)
        self.put("1")
        self.assertEqual(self.ids(url, seconds=1), [])
        self.functions.update_event_source_mapping(UUID=self.mapping["UUID"], Enabled=True)
        self.assertEqual(self.ids(url), [["1"]])


class Process(unittest.TestCase):
    def test_propagation_of_principals(self):
        slow = Server("--principal-propagation-s", "2")
        try:
            iam, dynamodb = slow.client("iam", CONSUMER), slow.client("dynamodb", OWNER)
            stream = Case.table(self, dynamodb)
            role = iam.create_role(RoleName="new", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
            arguments = {"ResourceArn": stream, "Policy": stream_policy(role)}
            with self.assertRaises(ClientError) as caught:
                dynamodb.put_resource_policy(**arguments)
            self.assertIn("Invalid principal", str(caught.exception))
            time.sleep(2.1)
            dynamodb.put_resource_policy(**arguments)
        finally:
            slow.stop()
            slow.process.stdout.close()

    def test_only_whom_a_trust_policy_names_assumes_the_role(self):
        def trusted(principal):
            document = json.loads(TRUST)
            document["Statement"][0]["Principal"] = {"AWS": principal}
            name = unique("role")
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
            return name

        iam = server.client("iam", CONSUMER)
        for principal in (f"arn:aws:iam::{OWNER}:role/deployer", f"arn:aws:iam::{OWNER}:root"):
            arn = f"arn:aws:iam::{CONSUMER}:role/{trusted(principal)}"
            sts = server.client("sts", OWNER)
            sts.assume_role(RoleArn=arn, RoleSessionName="selftest")
            with self.assertRaisesRegex(ClientError, "AccessDenied.* not authorized to perform: sts:AssumeRole"):
                server.client("sts", "333333333333").assume_role(RoleArn=arn, RoleSessionName="selftest")

    def test_records_what_terraform_and_doctor_call_with_a_role(self):
        role = "TerraformDeploy"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "calls.txt")
            file.write_text("111111111111 TerraformDeploy iam:GetRole RoleName=before\n")
            recording = Server("--record", str(file))
            try:
                terraform = Config(user_agent_extra="HashiCorp/1.0 Terraform/1.11.4")
                for config in (terraform, terraform, Config()):
                    recording.client("kms", CONSUMER, role, config=config).create_key(Description="a key")
                recording.client("iam", config=terraform).list_roles()  # no role
                recording.client("iam", CONSUMER, config=terraform).list_roles()  # another
                iam = recording.client("iam", CONSUMER, role, config=terraform)
                iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)
                doctor = Config(user_agent_extra="cross-account-streams-doctor")
                functions = recording.client("lambda", CONSUMER, role, config=doctor)
                with self.assertRaises(ClientError):
                    functions.get_event_source_mapping(UUID=str(uuid.uuid4()))
                s3 = recording.client("s3", CONSUMER, role, config=terraform)
                s3.create_bucket(Bucket="bucket")
                s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": []})
                s3.put_object(Bucket="bucket", Key="a/b", Body=b"{}")
            finally:
                recording.stop()
                recording.process.stdout.close()
            self.assertEqual(file.read_text().splitlines(), [
                "111111111111 TerraformDeploy iam:CreateRole RoleName=role",
                "111111111111 TerraformDeploy iam:GetRole RoleName=before",
                "111111111111 TerraformDeploy kms:CreateKey",
                "111111111111 TerraformDeploy lambda:GetEventSourceMapping UUID=…",
                "111111111111 TerraformDeploy s3:CreateBucket Bucket=bucket",
                "111111111111 TerraformDeploy s3:PutBucketTagging Bucket=bucket",
                "111111111111 TerraformDeploy s3:PutObject Bucket=bucket Key=a/b",
            ])

    def test_ends_when_its_standard_input_is_closed(self):
        process = subprocess.Popen(
            [sys.executable, str(HERE / "serve.py"), "--port", "0", "--until-stdin-closes"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.assertIn(b"ready", process.stdout.readline())
        self.assertIsNone(process.poll())
        process.stdin.close()
        self.assertEqual(process.wait(5), 0)
        process.stdout.close()

    def test_latency_and_stop(self):
        slow = Server("--latency-ms", "300")
        started = time.monotonic()
        slow.client("sts").get_caller_identity()
        self.assertGreater(time.monotonic() - started, 0.3)
        iam, functions = slow.client("iam", CONSUMER), slow.client("lambda", CONSUMER)
        role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        functions.create_function(
            FunctionName="f", Role=role, Runtime="nodejs22.x", Handler="index.handler", Timeout=60,
            Code={"ZipFile": zipped(index_mjs="export const handler = () => process.pid")})
        child = int(functions.invoke(FunctionName="f")["Payload"].read())
        os.kill(child, 0)
        self.assertEqual(slow.stop(), 0)
        slow.process.stdout.close()
        with self.assertRaises(ProcessLookupError):
            os.kill(child, 0)


class Watching(Case):
    def sums(self, namespace, dimension, value, *names):
        now = datetime.now(timezone.utc)
        queries = [
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": namespace,
                        "MetricName": name,
                        "Dimensions": [{"Name": dimension, "Value": value}],
                    },
                    "Period": 3600,
                    "Stat": "Sum",
                },
            }
            for number, name in enumerate(names)
        ]
        answer = server.client("cloudwatch", CONSUMER).get_metric_data(
            MetricDataQueries=queries,
            StartTime=now - timedelta(minutes=30),
            EndTime=now + timedelta(minutes=1),
        )
        return [sum(result["Values"]) for result in answer["MetricDataResults"]]

    def test_metrics_of_a_mapping_and_its_function(self):
        stream = self.table()
        pattern = {"dynamodb": {"Keys": {"OrderId": {"S": [{"anything-but": ["other"]}]}}}}
        self.consumer(
            stream,
            {"FAIL": "poison"},
            BatchSize=1,
            MaximumRetryAttempts=0,
            FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]},
            MetricsConfig={"Metrics": ["EventCount"]},
        )
        self.put("1", "other", "poison")
        names = ("PolledEventCount", "FilteredOutEventCount", "InvokedEventCount",
                 "FailedInvokeEventCount", "DroppedEventCount")
        of_mapping = ("AWS/Lambda", "EventSourceMappingUUID", self.mapping["UUID"], *names)
        wait_for(lambda: self.sums(*of_mapping)[-1])
        self.assertEqual(self.sums(*of_mapping), [3, 1, 1, 1, 1])
        of_function = ("AWS/Lambda", "FunctionName", self.name)
        self.assertEqual(self.sums(*of_function, "Invocations", "Errors"), [2, 1])

    def test_metrics_of_a_log(self):
        line = {
            "_aws": {"CloudWatchMetrics": [
                {"Namespace": "Own", "Dimensions": [["FunctionName"]], "Metrics": [{"Name": "Made"}]}
            ]},
            "FunctionName": unique("Function"),
            "Made": 7,
        }
        code = zipped(index_mjs=f"export const handler = () => console.log({json.dumps(json.dumps(line))});")
        role = self.role()
        self.functions.invoke(FunctionName=self.function(role, {}, code))
        self.assertEqual(self.sums("Own", "FunctionName", line["FunctionName"], "Made"), [7])

    def test_concurrency_of_the_account(self):
        name = self.function(self.role(), {})
        self.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=7)
        limit = self.functions.get_account_settings()["AccountLimit"]
        self.assertEqual(limit["UnreservedConcurrentExecutions"], 993)
        self.functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        concurrency = self.functions.get_function(FunctionName=name)["Concurrency"]
        self.assertEqual(concurrency, {"ReservedConcurrentExecutions": 0})
        self.functions.delete_function_concurrency(FunctionName=name)


if __name__ == "__main__":
    unittest.main(verbosity=2)

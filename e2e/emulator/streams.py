"""DynamoDB Streams across accounts, on top of moto.

- Put/Get/DeleteResourcePolicy accept stream ARNs, and check the policies of tables too.
- DescribeStream, GetShardIterator and GetRecords go to the account in the ARN and
  are authorised there.
- A few faults of moto's streams are put right: see `repair_streams`.
"""
import functools
import json
import threading
from dataclasses import dataclass
from datetime import timedelta

from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.dynamodb.exceptions import (
    ERROR_TYPE_PREFIX,
    MockValidationException,
    PolicyNotFoundException,
    ResourceNotFoundException,
    StreamAlreadyEnabledException,
)
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import ResourcePolicy, StreamShard, Table
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.dynamodbstreams.responses import DynamoDBStreamsHandler
from moto.kms.models import kms_backends

import identity
import policy

READ_ACTIONS = ("DescribeStream", "GetRecords", "GetShardIterator")
POLICY_LIMIT = 20 * 1024

principal_propagation = timedelta(0)  # set by serve.py


class AccessDenied(JsonRESTError):
    def __init__(self, caller, action, arn, reason):
        super().__init__(
            ERROR_TYPE_PREFIX + "AccessDeniedException",
            f"User: {caller.session_arn} is not authorized to perform: {action} "
            f"on resource: {arn} {reason}",
        )


def stream_not_found(arn):
    return ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")


@dataclass(frozen=True)
class ResourceArn:
    """Of what has a policy of its own: a table, or its stream."""

    text: str
    region: str
    account: str
    table_name: str

    @property
    def backend(self):
        return dynamodb_backends[self.account][self.region]

    def resource_policy(self):
        found = self.backend.resource_policies.get(self.text)
        return found.policy_doc if found else None


@dataclass(frozen=True)
class StreamArn(ResourceArn):
    label: str

    @classmethod
    def parse(cls, text):
        """The parts of a stream ARN, or None if the text is not one."""
        parts = (text or "").split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or parts[2] != "dynamodb":
            return None
        path = parts[5].split("/")
        if len(path) != 4 or path[0] != "table" or path[2] != "stream":
            return None
        return cls(text, parts[3], parts[4], path[1], path[3])

    def table(self):
        """The table whose newest stream this is, or None."""
        table = self.backend.tables.get(self.table_name)
        if table is None or table.stream_shard is None or table.latest_stream_label != self.label:
            return None
        return table


def stream_refusal(caller, action, stream):
    """Why `caller` may not do dynamodb:<action> on the stream, or None."""
    return policy.refusal(
        caller,
        f"dynamodb:{action}",
        stream.text,
        stream.account,
        stream.resource_policy() if stream.table() else None,
        caller.context(),
    )


def encryption_key(table):
    """The KMS key of the table, or None when DynamoDB owns the key."""
    sse = table.sse_specification or {}
    if not sse.get("Enabled"):
        return None
    key_id = sse["KMSMasterKeyId"]
    account = key_id.split(":")[4] if key_id.startswith("arn:") else table.account_id
    kms = kms_backends[account][table.region_name]
    return kms.keys.get(kms.any_id_to_key_id(key_id))


def is_aws_managed(key):
    kms = kms_backends[key.account_id][key.region]
    return kms.get_key_id_from_alias("alias/aws/dynamodb") == key.id


def decrypt_refusal(caller, stream):
    """Why `caller` may not read through the table's KMS key, or None."""
    table = stream.table()
    key = encryption_key(table) if table else None
    if key is None:
        return None
    if key.key_state != "Enabled":
        return f"the KMS key {key.arn} is {key.key_state}"
    if is_aws_managed(key):
        if caller.account == stream.account:
            return None
        return (
            f"the table is encrypted with the AWS managed key {key.arn}, "
            "which cannot be used from another account"
        )
    reason = policy.refusal(
        caller,
        "kms:Decrypt",
        key.arn,
        key.account_id,
        key.policy,
        caller.context(
            **{
                "kms:CallerAccount": caller.account,
                "kms:ViaService": f"dynamodb.{stream.region}.amazonaws.com",
                # The encryption context of a table:
                # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
                "kms:EncryptionContext:aws:dynamodb:subscriberId": stream.account,
                "kms:EncryptionContext:aws:dynamodb:tableName": stream.table_name,
            }
        ),
        delegating=True,
    )
    return f"kms:Decrypt on {key.arn} is refused {reason}" if reason else None


# --- resource-based policies on streams -----------------------------------------


def check_principals(document):
    for statement in policy.statements(document):
        element = statement.get("Principal") or statement.get("NotPrincipal")
        for arn in policy.principals(element):
            entity, is_entity = identity.find_principal(arn)
            if not is_entity:
                continue
            if entity is None or utcnow() - entity.create_date < principal_propagation:
                raise MockValidationException(
                    f'Invalid policy document: Invalid principal in policy: "AWS":"{arn}"'
                )


def owned_stream(backend, arn, action):
    """The stream, which must exist in the caller's account and region."""
    stream = StreamArn.parse(arn)
    if stream.account != backend.account_id:
        root = f"arn:aws:iam::{backend.account_id}:root"
        caller = identity.Caller(backend.account_id, root, root)
        reason = f"because no resource-based policy allows the {action} action"
        raise AccessDenied(caller, action, arn, reason)
    if stream.region != backend.region_name or stream.table() is None:
        raise stream_not_found(arn)
    return stream


def check_revision(current, expected):
    if not expected or current is None:
        return
    if expected != current.revision_id:
        raise PolicyNotFoundException(
            "Resource-based policy not found for the provided ResourceArn: Requested update "
            f"for policy with revision id {expected}, but the policy of {current.resource_arn} "
            f"has revision id {current.revision_id}."
        )


def check_document(policy_doc):
    if len((policy_doc or "").encode()) > POLICY_LIMIT:
        raise MockValidationException(
            f"Invalid policy document: the policy is larger than {POLICY_LIMIT} bytes"
        )
    defect = policy.defects(policy_doc)
    if defect:
        raise MockValidationException(f"Invalid policy document: {defect}")
    check_principals(policy_doc)


def put_stream_policy(backend, resource_arn, policy_doc, expected_revision_id):
    owned_stream(backend, resource_arn, "dynamodb:PutResourcePolicy")
    check_document(policy_doc)
    current = backend.resource_policies.get(resource_arn)
    check_revision(current, expected_revision_id)
    if current and current.policy_doc == policy_doc:
        return current
    backend.resource_policies[resource_arn] = ResourcePolicy(resource_arn, policy_doc)
    return backend.resource_policies[resource_arn]


def get_stream_policy(backend, resource_arn):
    owned_stream(backend, resource_arn, "dynamodb:GetResourcePolicy")
    if resource_arn not in backend.resource_policies:
        raise PolicyNotFoundException(
            f"Resource-based policy not found for the provided ResourceArn: {resource_arn}"
        )
    return backend.resource_policies[resource_arn]


def delete_stream_policy(backend, resource_arn, expected_revision_id):
    owned_stream(backend, resource_arn, "dynamodb:DeleteResourcePolicy")
    check_revision(backend.resource_policies.get(resource_arn), expected_revision_id)
    backend.resource_policies.pop(resource_arn, None)


def extend_resource_policies():
    def stream_or_table(for_stream, for_table):
        @functools.wraps(for_table)
        def method(backend, resource_arn, **kwargs):
            chosen = for_stream if StreamArn.parse(resource_arn) else for_table
            return chosen(backend, resource_arn, **kwargs)

        return method

    backend = DynamoDBBackend
    put_moto_policy = backend.put_resource_policy

    def put_table_policy(backend, resource_arn, policy_doc, expected_revision_id):
        check_document(policy_doc)
        return put_moto_policy(backend, resource_arn, policy_doc, expected_revision_id)

    backend.put_resource_policy = stream_or_table(put_stream_policy, put_table_policy)
    backend.get_resource_policy = stream_or_table(get_stream_policy, backend.get_resource_policy)
    backend.delete_resource_policy = stream_or_table(
        delete_stream_policy, backend.delete_resource_policy
    )


# --- the Streams API ----------------------------------------------------------------


def enter(handler, action, arn):
    """Let the caller in to the stream, and turn the handler to its owner."""
    stream = StreamArn.parse(arn)
    if stream is None:
        raise MockValidationException(f"Invalid StreamArn: {arn}")
    if stream.region != handler.region:
        raise stream_not_found(arn)
    caller = identity.request_caller(handler.current_account, handler.access_key, handler.region)
    reason = stream_refusal(caller, action, stream)
    if reason:
        raise AccessDenied(caller, f"dynamodb:{action}", arn, reason)
    if stream.table() is None:
        raise stream_not_found(arn)
    reason = decrypt_refusal(caller, stream) if action == "GetRecords" else None
    if reason:
        raise AccessDenied(caller, f"dynamodb:{action}", arn, f"because {reason}")
    handler.current_account = stream.account  # moto takes its backend from this
    return stream


def extend_streams_api():
    handler = DynamoDBStreamsHandler
    moto_describe = handler.describe_stream
    moto_iterator = handler.get_shard_iterator
    moto_records = handler.get_records

    def describe_stream(self):
        enter(self, "DescribeStream", self._get_param("StreamArn"))
        return moto_describe(self)

    def get_shard_iterator(self):
        stream = enter(self, "GetShardIterator", self._get_param("StreamArn"))
        if self._get_param("ShardId") != stream.table().stream_shard.id:
            raise stream_not_found(f"{stream.text}, shard {self._get_param('ShardId')}")
        return moto_iterator(self)

    def get_records(self):
        iterator = self._get_param("ShardIterator") or ""
        enter(self, "GetRecords", iterator.split("|")[0])
        if iterator not in self.backend.shard_iterators:
            raise MockValidationException("Invalid ShardIterator in request")
        return moto_records(self)

    handler.describe_stream = describe_stream
    handler.get_shard_iterator = get_shard_iterator
    handler.get_records = get_records


def repair_streams():
    lock = threading.Lock()
    add = StreamShard.add
    set_specification = Table.set_stream_specification

    def add_once(shard, old, new):
        """One record at a time, none for a write that changes nothing, none while
        the stream is disabled; images do not change with later writes."""
        if not shard.table.stream_specification.get("StreamEnabled"):
            return
        if old is not None and new is not None and old.to_json() == new.to_json():
            return
        with lock:
            add(shard, old, new)
            change = shard.items[-1].record["dynamodb"]
            for image in ("Keys", "NewImage", "OldImage"):
                if image in change:
                    change[image] = json.loads(dynamo_json_dump(change[image]))

    def set_specification_with_label(table, streams):
        """Labels have milliseconds; a disabled stream keeps its label and records."""
        set_specification(table, streams)
        if table.stream_specification.get("StreamEnabled"):
            table.latest_stream_label = utcnow().isoformat(timespec="milliseconds")

    def update_table_streams(backend, table, specification):
        """moto refuses to enable a stream again after it was disabled."""
        wanted = specification.get("StreamEnabled") or specification.get("StreamViewType")
        if wanted and table.stream_specification.get("StreamEnabled"):
            raise StreamAlreadyEnabledException
        table.set_stream_specification(specification)

    StreamShard.add = add_once
    Table.set_stream_specification = set_specification_with_label
    DynamoDBBackend.update_table_streams = update_table_streams


def install():
    extend_resource_policies()
    extend_streams_api()
    repair_streams()

"""Event source mappings from DynamoDB streams, of the same or another account.

`StreamMapping` keeps the settings and reports them as Lambda does. Each mapping has
a thread that polls the stream with the authority of the function's execution role
and delivers the records in order.
"""
import json
import re
import sys
import threading
import time
import uuid
from datetime import datetime, timezone

import boto3
from moto.awslambda.exceptions import (
    GenericResourcNotFound,
    InvalidParameterValueException,
    LambdaClientError,
    UnknownFunctionException,
)
from moto.awslambda.models import EventSourceMapping, LambdaBackend, lambda_backends
from moto.core.utils import unix_time, utcnow
from moto.s3.models import s3_backends

import event_filter
import identity
import keys
import lambda_runtime
import policy
import watching
from streams import READ_ACTIONS, StreamArn, decrypt_refusal, stream_refusal

PAYLOAD_LIMIT = 6 * 1024 * 1024
READ_LIMIT = 1000
DAY_S = 24 * 3600
LONGEST_RETRY_DELAY_S = 5

poll_interval_s = 0.2  # set by serve.py
runtime = None  # set by install

# setting: (default, minimum, maximum); -1 is "no limit"
NUMBERS = {
    "BatchSize": (100, 1, 10000),
    "MaximumBatchingWindowInSeconds": (0, 0, 300),
    "ParallelizationFactor": (1, 1, 10),
    "MaximumRetryAttempts": (-1, -1, 10000),
    "MaximumRecordAgeInSeconds": (-1, -1, 604800),
    "TumblingWindowInSeconds": (0, 0, 900),
}
OTHERS = {
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "FilterCriteria": None,
    "MetricsConfig": None,
    "KMSKeyArn": None,
}


class ResourceConflict(LambdaClientError):
    code = 409

    def __init__(self, message):
        super().__init__("ResourceConflictException", message)


def invalid(message):
    return InvalidParameterValueException(message)


# --- checks ---------------------------------------------------------------------------


def check_settings(settings):
    for name, (_, least, most) in NUMBERS.items():
        value = settings[name]
        if not least <= value <= most:
            bound = "less" if value > most else "greater"
            raise invalid(
                f"1 validation error detected: Value '{value}' at '{name[0].lower() + name[1:]}' "
                f"failed to satisfy constraint: Member must have value {bound} than or equal to "
                f"{most if value > most else least}"
            )
    if 0 <= settings["MaximumRecordAgeInSeconds"] < 60:
        raise invalid("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800")
    for kind in settings["FunctionResponseTypes"]:
        if kind != "ReportBatchItemFailures":
            raise invalid(f"Unsupported FunctionResponseTypes value: {kind}")
    filters = (settings["FilterCriteria"] or {}).get("Filters") or []
    if len(filters) > 5:
        raise invalid("FilterCriteria can have at most 5 Filters")
    for item in filters:
        try:
            event_filter.parse(item.get("Pattern") or "")
        except ValueError as error:
            raise invalid(f"Invalid filter pattern definition. {error}") from None


def destination_of(settings):
    return ((settings["DestinationConfig"] or {}).get("OnFailure") or {}).get("Destination")


def destination_refusal(caller, destination):
    """Why the execution role may not put failed batches into the bucket, or None."""
    _, owner = s3_backends.bucket_accounts.get(destination.split(":")[-1], (None, None))
    context = caller.context(**{"s3:ResourceAccount": owner})
    for action, resource in (
        ("s3:ListBucket", destination),
        ("s3:PutObject", f"{destination}/aws/lambda/mapping/shard/batch"),
    ):
        if policy.evaluate_identity(caller, action, resource, context) is not policy.Verdict.ALLOW:
            return (
                "The function execution role does not have permissions to call "
                f"{action.split(':')[1]} on {destination}"
            )
    return keys.bucket_refusal(caller, destination)


def check_destination(caller, destination):
    if destination is None:
        return
    if not re.match(r"arn:[^:]+:s3:", destination):
        raise invalid(f"Unsupported on-failure destination: {destination}")
    reason = destination_refusal(caller, destination)
    if reason:
        raise invalid(reason)


def check_source(caller, stream, function):
    if stream.region != function.region:
        raise invalid(
            f"The event source {stream.text} and the function {function.function_arn} "
            "must be in the same region"
        )
    refused = {a: stream_refusal(caller, a, stream) for a in READ_ACTIONS}
    refused = {a: reason for a, reason in refused.items() if reason}
    if refused:
        raise invalid(
            f"Cannot access stream {stream.text}. Please ensure the role can perform the "
            f"{', '.join(refused)} Actions on your stream in IAM. "
            f"({caller.arn} is not authorized {next(iter(refused.values()))})"
        )
    if stream.table() is None:
        raise invalid(f"Stream not found: {stream.text}")
    reason = decrypt_refusal(caller, stream)
    if reason:
        raise invalid(f"Cannot access stream {stream.text}: {reason}")


# --- the mapping ----------------------------------------------------------------------


class StreamMapping(EventSourceMapping):
    """A mapping in moto's store; moto's own API lists, tags and deletes it."""

    __module__ = EventSourceMapping.__module__  # moto derives the service from it

    def __init__(self, spec, function_arn):
        self.settings = {name: default for name, (default, _, _) in NUMBERS.items()}
        self.settings.update(OTHERS)
        super().__init__({**spec, "BatchSize": None, "FunctionArn": function_arn})
        self.stream = StreamArn.parse(spec["EventSourceArn"])
        self.last_result = "No records processed"
        self.wake = threading.Event()
        self.position = None  # the sequence number to read next
        self.next_empty_poll = 0

    def proposed(self, spec):
        """The settings as they would be after `spec`."""
        settings = dict(self.settings)
        for name in settings:
            if spec.get(name) is not None:
                settings[name] = spec[name]
        if spec.get("FilterCriteria") is not None and not spec["FilterCriteria"].get("Filters"):
            settings["FilterCriteria"] = None
        if not destination_of(settings):
            settings["DestinationConfig"] = OTHERS["DestinationConfig"]
        return settings

    def get_configuration(self):
        configuration = {
            "UUID": self.uuid,
            "EventSourceMappingArn": self.arn,
            "EventSourceArn": self.event_source_arn,
            "FunctionArn": self.function_arn,
            "StartingPosition": self.starting_position,
            "LastModified": self.last_modified,
            "LastProcessingResult": self.last_result,
            "State": "Enabled" if self.enabled else "Disabled",
            "StateTransitionReason": "User action",
            **self.settings,
        }
        return {k: v for k, v in configuration.items() if v is not None}

    @property
    def backend(self):
        return lambda_backends[self.account_id][self.region]

    def alive(self):
        return self.backend.get_event_source_mapping(self.uuid) is self

    def running(self):
        return self.enabled and self.alive()

    def function(self):
        return self.backend.get_function(self.function_arn)

    def caller(self):
        return identity.execution_caller(self.function())

    def start(self):
        shard = self.stream.table().stream_shard
        self.position = shard.starting_sequence_number
        if self.starting_position == "LATEST":
            self.position += len(shard.items)
        threading.Thread(target=self._run, name=f"poller {self.uuid}", daemon=True).start()

    # -- polling

    def _pause(self, seconds):
        self.wake.wait(seconds)
        self.wake.clear()

    def _run(self):
        while self.alive():
            try:
                self._step()
            except Exception as error:
                self.last_result = "PROBLEM: internal error"
                print(f"poller {self.uuid}: {error!r}", file=sys.stderr, flush=True)
                self._pause(1)

    def _step(self):
        problem = self._problem()
        if not self.enabled or problem:
            if self.enabled:
                self.last_result = f"PROBLEM: {problem}"
            self._pause(poll_interval_s)
            return
        records, read_to = self._gather()
        if records and not self._deliver(records):
            return  # disabled or deleted meanwhile: reading continues at the position
        self.position = read_to
        if not records:
            if self.last_result.startswith("PROBLEM"):
                self.last_result = "No records processed"
            self._pause(poll_interval_s)

    def _problem(self):
        """Why the stream cannot be polled now, or None."""
        try:
            function = self.function()
        except UnknownFunctionException:
            return "Function not found"
        if identity.find_role(function.role) is None:
            return f"The role {function.role} cannot be assumed by Lambda"
        caller = self.caller()
        for action in READ_ACTIONS:
            reason = stream_refusal(caller, action, self.stream)
            if reason:
                return (
                    f"User: {caller.session_arn} is not authorized to perform: dynamodb:{action} "
                    f"on resource: {self.stream.text} {reason}"
                )
        if self.stream.table() is None:
            return "Stream not found"
        return decrypt_refusal(caller, self.stream)

    def _gather(self):
        """One batch of matching records, and the position after the last record read."""
        batch, size, deadline, read_to = [], 0, None, self.position
        patterns = [
            event_filter.parse(f["Pattern"])
            for f in (self.settings["FilterCriteria"] or {}).get("Filters") or []
        ]
        while True:
            raw = self.stream.table().stream_shard.get(read_to, READ_LIMIT)
            if not raw:
                self._count_empty_poll()
            for record in map(self._event_record, raw):
                weight = len(json.dumps(record))
                if batch and size + weight > PAYLOAD_LIMIT:
                    return batch, read_to
                read_to = sequence_number(record) + 1
                matches = not patterns or any(event_filter.matches(p, record) for p in patterns)
                self._count(PolledEventCount=1, FilteredOutEventCount=0 if matches else 1)
                if matches:
                    batch.append(record)
                    size += weight
                    window = self.settings["MaximumBatchingWindowInSeconds"]
                    deadline = deadline or time.monotonic() + window
                if len(batch) >= self.settings["BatchSize"]:
                    return batch, read_to
            if raw:
                continue
            if not batch or time.monotonic() >= deadline:
                return batch, read_to
            self._pause(min(poll_interval_s, max(0.01, deadline - time.monotonic())))
            if not self.running() or self._problem():
                return [], self.position

    def _count(self, **metrics):
        if (self.settings["MetricsConfig"] or {}).get("Metrics"):
            watching.put(self, "EventSourceMappingUUID", self.uuid, **metrics)

    def _count_empty_poll(self):
        """Once a minute: moto keeps every value."""
        if time.monotonic() >= self.next_empty_poll:
            self.next_empty_poll = time.monotonic() + 60
            self._count(PolledEventCount=0)

    def _event_record(self, raw):
        change = dict(raw["dynamodb"])
        change["ApproximateCreationDateTime"] = int(
            unix_time(change["ApproximateCreationDateTime"])
        )
        return {
            "eventID": raw["eventID"],
            "eventName": raw["eventName"],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self.stream.region,
            "dynamodb": change,
            "eventSourceARN": self.event_source_arn,
        }

    # -- delivery

    def _deliver(self, records):
        """Until each record is through or discarded; False if stopped before that."""
        waiting = [(records, 0)]  # batches in order, with their failed attempts
        delay = poll_interval_s
        while waiting:
            if not self.running():
                return False
            batch, failures = waiting.pop(0)
            too_old = [r for r in batch if self._age(r) > self._longest_age()]
            if too_old:
                self._discard(too_old, "RecordAgeExceeded", failures, None)
                batch = batch[len(too_old):]
                if not batch:
                    continue
            try:
                function = self.function()
                late = 1000 * self._age(batch[-1])
                watching.put(function, "FunctionName", function.function_name, IteratorAge=late)
                outcome = runtime.invoke(function, {"Records": batch})
            except UnknownFunctionException:
                self.last_result = "PROBLEM: Function not found"
                self._count(FailedInvokeEventCount=len(batch))
                waiting.insert(0, (batch, failures))
                self._pause(poll_interval_s)
                continue
            failed_at = self._first_failure(outcome, batch)
            if failed_at is None:
                self.position = sequence_number(batch[-1]) + 1
                self.last_result = "OK"
                self._count(InvokedEventCount=len(batch))
                delay = poll_interval_s
                continue
            self.last_result = "PROBLEM: Function call failed"
            self._count(FailedInvokeEventCount=len(batch))
            rest = batch[failed_at:]
            bisects = self.settings["BisectBatchOnFunctionError"]
            if failed_at > 0:  # those before it are through
                self.position = sequence_number(rest[0])
                if bisects:  # split where the answer says
                    waiting.insert(0, (rest, failures))
                    continue
                failures = 0  # the first of the rest failed once
            elif bisects and outcome.error and len(batch) > 1:
                half = len(batch) // 2  # a split does not count as a retry
                waiting[:0] = [(batch[:half], failures), (batch[half:], failures)]
                continue
            limit = self.settings["MaximumRetryAttempts"]
            if limit != -1 and failures >= limit:
                self._discard(rest, "RetryAttemptsExhausted", failures + 1, outcome)
                delay = poll_interval_s
                continue
            waiting.insert(0, (rest, failures + 1))
            self._pause(delay)
            delay = min(delay * 2, LONGEST_RETRY_DELAY_S)
        return True

    def _longest_age(self):
        limit = self.settings["MaximumRecordAgeInSeconds"]
        return DAY_S if limit == -1 else limit

    @staticmethod
    def _age(record):
        return time.time() - record["dynamodb"]["ApproximateCreationDateTime"]

    def _first_failure(self, outcome, batch):
        """Index of the first record to try again; None if all went through."""
        if outcome.error:
            return 0
        if "ReportBatchItemFailures" not in self.settings["FunctionResponseTypes"]:
            return None
        answer = json.loads(outcome.payload)
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        if not failures:
            return None
        numbers = [r["dynamodb"]["SequenceNumber"] for r in batch]
        try:
            return min(numbers.index(f["itemIdentifier"]) for f in failures)
        except (KeyError, TypeError, ValueError):
            return 0  # an unusable identifier counts as a failure of the whole batch

    def _discard(self, records, condition, invocations, outcome):
        destination = destination_of(self.settings)
        if destination:
            try:
                self._send_on_failure(destination, records, condition, invocations, outcome)
                self._count(OnFailureDestinationDeliveredEventCount=len(records))
            except Exception as error:
                self._count(DroppedEventCount=len(records))
                print(f"on-failure destination {destination}: {error}", file=sys.stderr, flush=True)
        else:
            self._count(DroppedEventCount=len(records))
        self.position = sequence_number(records[-1]) + 1

    def _send_on_failure(self, destination, records, condition, invocations, outcome):
        function = self.function()
        reason = destination_refusal(self.caller(), destination)
        if reason:
            raise PermissionError(reason)
        message = invocation_record(self, records, condition, invocations, outcome)
        session = lambda_runtime.role_credentials(function)
        client = boto3.client(
            "s3",
            endpoint_url=runtime.endpoint,
            region_name=self.region,
            aws_access_key_id=session.access_key_id,
            aws_secret_access_key=session.secret_access_key,
            aws_session_token=session.session_token,
        )
        now = utcnow()
        shard = message["DDBStreamBatchInfo"]["shardId"]
        message["payload"] = json.dumps({"Records": records})
        client.put_object(
            Bucket=destination.split(":")[-1],
            Key=f"aws/lambda/{self.uuid}/{shard}/{now:%Y/%m/%d}/"
            f"{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}",
            Body=json.dumps(message).encode(),
        )


def sequence_number(record):
    return int(record["dynamodb"]["SequenceNumber"])


def invocation_record(mapping, records, condition, invocations, outcome):
    def arrival(record):
        seconds = record["dynamodb"]["ApproximateCreationDateTime"]
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    now = datetime.now(timezone.utc)
    message = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": mapping.function_arn,
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "version": "1.0",
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z",
        "DDBStreamBatchInfo": {
            "shardId": mapping.stream.table().stream_shard.id,
            "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": arrival(records[0]),
            "approximateArrivalOfLastRecord": arrival(records[-1]),
            "batchSize": len(records),
            "streamArn": mapping.event_source_arn,
        },
    }
    if outcome is not None:
        context = {"statusCode": 200, "executedVersion": "$LATEST"}
        context["functionError"] = "Unhandled" if outcome.error else None
        message["responseContext"] = context
    return message


# --- Lambda's API -----------------------------------------------------------------------


def qualified_arn(backend, name_or_arn):
    """The function, and its ARN with the version or alias of the request, if any."""
    function = backend.get_function(name_or_arn)
    arn = ":".join(function.function_arn.split(":")[:7])
    tail = name_or_arn.split(":function:")[-1] if name_or_arn.startswith("arn:") else name_or_arn
    _, _, qualifier = tail.partition(":")
    return function, f"{arn}:{qualifier}" if qualifier else arn


def create_stream_mapping(backend, spec):
    function, function_arn = qualified_arn(backend, spec["FunctionName"])
    if spec.get("StartingPosition") not in ("LATEST", "TRIM_HORIZON"):
        raise invalid(
            "1 validation error detected: Value at 'startingPosition' failed to satisfy "
            "constraint: Member must be LATEST or TRIM_HORIZON for a DynamoDB stream"
        )
    spec = {**spec, "RegionName": backend.region_name, "AccountId": backend.account_id}
    mapping = StreamMapping(spec, function_arn)
    settings = mapping.proposed(spec)
    check_settings(settings)
    caller = identity.execution_caller(function)
    check_source(caller, mapping.stream, function)
    check_destination(caller, destination_of(settings))
    for other in backend._event_source_mappings.values():
        same_source = other.event_source_arn == mapping.event_source_arn
        if same_source and other.function_arn == mapping.function_arn:
            raise ResourceConflict(
                f'The event source arn (" {mapping.event_source_arn} ") and function '
                f'(" {function.function_name} ") provided mapping already exists. Please update '
                f"or delete the existing mapping with UUID {other.uuid}"
            )
    mapping.settings = settings
    backend._event_source_mappings[mapping.uuid] = mapping
    mapping.start()
    return mapping


def update_stream_mapping(backend, mapping, spec):
    name = spec.get("FunctionName") or mapping.function_arn
    function, function_arn = qualified_arn(backend, name)
    settings = mapping.proposed(spec)
    check_settings(settings)
    caller = identity.execution_caller(function)
    check_source(caller, mapping.stream, function)
    check_destination(caller, destination_of(settings))
    mapping.settings = settings
    mapping.function_arn = function_arn
    if spec.get("Enabled") is not None:
        mapping.enabled = spec["Enabled"]
    mapping.last_modified = unix_time()
    mapping.wake.set()
    return mapping


def install(lambda_runtime_instance):
    global runtime
    runtime = lambda_runtime_instance
    moto_create = LambdaBackend.create_event_source_mapping
    moto_update = LambdaBackend.update_event_source_mapping
    moto_delete = LambdaBackend.delete_event_source_mapping

    def create(backend, spec):
        if spec.get("FunctionName") and StreamArn.parse(spec.get("EventSourceArn")):
            return create_stream_mapping(backend, spec)
        return moto_create(backend, spec)

    def existing(backend, mapping_id):
        mapping = backend.get_event_source_mapping(mapping_id)
        if mapping is None:
            raise GenericResourcNotFound()
        return mapping

    def update(backend, mapping_id, spec):
        mapping = existing(backend, mapping_id)
        if isinstance(mapping, StreamMapping):
            return update_stream_mapping(backend, mapping, spec)
        return moto_update(backend, mapping_id, spec)

    def delete(backend, mapping_id):
        mapping = existing(backend, mapping_id)
        moto_delete(backend, mapping_id)
        if isinstance(mapping, StreamMapping):
            mapping.wake.set()
        return mapping

    def list_mappings(backend, event_source_arn, function_name):
        """moto compares the name as it was given at creation; AWS takes name or ARN."""
        found = list(backend._event_source_mappings.values())
        if event_source_arn:
            found = [m for m in found if m.event_source_arn == event_source_arn]
        if function_name:
            _, arn = qualified_arn(backend, function_name)
            found = [m for m in found if m.function_arn == arn]
        return found

    LambdaBackend.create_event_source_mapping = create
    LambdaBackend.update_event_source_mapping = update
    LambdaBackend.delete_event_source_mapping = delete
    LambdaBackend.list_event_source_mappings = list_mappings

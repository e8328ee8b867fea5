"""KMS keys of functions, log groups and buckets, on top of moto.

moto keeps none for a function and changes none of a log group. A log group takes only a key whose
policy lets CloudWatch Logs in, and whoever writes to a bucket with a key must be allowed to use it.
"""
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.kms.models import kms_backends
from moto.logs.exceptions import InvalidParameterException
from moto.logs.responses import LogsResponse
from moto.s3.models import s3_backends

import policy


def find(arn):
    """The enabled key of an ARN, or None."""
    _, _, _, region, account, resource = arn.split(":", 5)
    key = kms_backends[account][region].keys.get(resource.removeprefix("key/"))
    return key if key and key.key_state == "Enabled" else None


def lets_logs_in(key, region, log_group_arn):
    context = {"kms:encryptioncontext:aws:logs:arn": log_group_arn}
    return any(
        statement["Effect"] == "Allow"
        and f"logs.{region}.amazonaws.com"
        in policy.as_list((statement.get("Principal") or {}).get("Service"))
        and policy.action_applies(statement, "kms:GenerateDataKey")
        and policy.conditions_hold(statement, context)
        for statement in policy.statements(key.policy)
    )


def bucket_refusal(caller, bucket_arn):
    """Why `caller` may not write with the key of a bucket, or None: S3 names the bucket as the context."""
    name = bucket_arn.split(":")[-1]
    partition, owner = s3_backends.bucket_accounts.get(name, (None, None))
    if owner is None:
        return None
    encryption = s3_backends[owner][partition].get_bucket(name).encryption or {}
    default = encryption.get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    key_arn = default.get("KMSMasterKeyID")
    if not key_arn:
        return None
    key = find(key_arn)
    if key is None:
        return f"the KMS key {key_arn} is not enabled"
    context = caller.context(
        **{
            "kms:ViaService": f"s3.{key.region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": bucket_arn,
        }
    )
    action = "kms:GenerateDataKey"
    reason = policy.refusal(
        caller, action, key.arn, key.account_id, key.policy, context, delegating=True
    )
    return f"{action} on {key.arn} is refused {reason}" if reason else None


def install():
    create_function = LambdaBackend.create_function
    update_function = LambdaBackend.update_function_configuration
    get_configuration = LambdaFunction.get_configuration
    create_log_group = LogsResponse.create_log_group

    def creating(backend, spec):
        function = create_function(backend, spec)
        function.kms_key_arn = spec.get("KMSKeyArn")
        return function

    def updating(backend, name, qualifier, body):
        if "KMSKeyArn" in body:
            backend.get_function(name, qualifier).kms_key_arn = body["KMSKeyArn"]
        return update_function(backend, name, qualifier, body)

    def configuration(function, *arguments, **named):
        config = get_configuration(function, *arguments, **named)
        key = getattr(function, "kms_key_arn", None)
        return {**config, "KMSKeyArn": key} if key else config

    def check(response, name, key_arn):
        account, region = response.current_account, response.region
        arn = f"arn:aws:logs:{region}:{account}:log-group:{name}"
        key = find(key_arn)
        if key is None or not lets_logs_in(key, region, arn):
            raise InvalidParameterException(
                f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{arn}'"
            )

    def creating_log_group(response):
        key_arn = response._get_param("kmsKeyId")
        if key_arn:
            check(response, response._get_param("logGroupName"), key_arn)
        return create_log_group(response)

    def associate(response):
        name, key_arn = response._get_param("logGroupName"), response._get_param("kmsKeyId")
        check(response, name, key_arn)
        response.logs_backend.groups[name].kms_key_id = key_arn
        return ""

    def disassociate(response):
        response.logs_backend.groups[response._get_param("logGroupName")].kms_key_id = None
        return ""

    LambdaBackend.create_function = creating
    LambdaBackend.update_function_configuration = updating
    LambdaFunction.get_configuration = configuration
    LogsResponse.create_log_group = creating_log_group
    LogsResponse.associate_kms_key = associate
    LogsResponse.disassociate_kms_key = disassociate

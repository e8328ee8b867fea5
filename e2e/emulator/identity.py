"""Who calls, and which policies the caller brings along.

Callers are found in moto's IAM and STS. Credentials that belong to no role (such as
test/test) count as the administrator of their account, and so do sessions of roles that
IAM does not know: moto lets anyone assume any role.
"""
from dataclasses import dataclass, field, replace

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

import policy


@dataclass(frozen=True)
class Caller:
    account: str
    arn: str  # aws:PrincipalArn: the role
    session_arn: str  # as AWS prints it in messages
    is_administrator: bool = False
    policies: list = field(default_factory=list)
    limits: list = field(default_factory=list)  # the permissions boundary
    source_function: str | None = None  # ARN of the function whose code makes the call

    @property
    def root_arn(self):
        return f"arn:{self.arn.split(':')[1]}:iam::{self.account}:root"

    def context(self, **more):
        """Condition keys of a call made with this caller's credentials.

        No aws:SourceArn: AWS sets it for service principals, not for roles.
        lambda:SourceFunctionArn is in the calls of a function's code and in those that
        write its log, not in those that Lambda makes to read an event source:
        https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
        """
        return {
            "aws:PrincipalArn": self.arn,
            "aws:PrincipalAccount": self.account,
            "aws:SecureTransport": "true",
            "lambda:SourceFunctionArn": self.source_function,
            **more,
        }


def default_document(managed_policy):
    return next(
        v.document
        for v in managed_policy.versions
        if v.version_id == managed_policy.default_version_id
    )


def boundary_of(iam, role):
    policy = iam.managed_policies.get(role.permissions_boundary_arn)
    return [default_document(policy)] if policy else []


def find_role(role_arn):
    parts = role_arn.split(":", 5)
    if len(parts) != 6:
        return None
    try:
        return iam_backends[parts[4]][parts[1]].get_role(role_arn.rsplit("/", 1)[-1])
    except NotFoundException:
        return None


def role_caller(role_arn, session_name, source_function=None):
    _, partition, _, _, account, _ = role_arn.split(":", 5)
    name = role_arn.rsplit("/", 1)[-1]
    session_arn = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"
    role = find_role(role_arn)
    if role is None:
        return Caller(account, role_arn, session_arn, is_administrator=True)
    policies = list(role.policies.values())
    policies += [default_document(p) for p in role.managed_policies.values()]
    return Caller(
        account,
        role.arn,
        session_arn,
        policies=policies,
        limits=boundary_of(iam_backends[account][partition], role),
        source_function=source_function,
    )


def execution_caller(function, source_function=None):
    """The execution role of a Lambda function, as Lambda uses it."""
    caller = role_caller(function.role, function.function_name, source_function)
    return replace(caller, is_administrator=False)


def lambda_may_assume(role):
    """Whether the trust policy names Lambda; its conditions are not looked at."""
    return any(
        statement.get("Effect") == "Allow"
        and policy.action_applies(statement, "sts:AssumeRole")
        and isinstance(statement.get("Principal"), dict)
        and "lambda.amazonaws.com" in policy.as_list(statement["Principal"].get("Service"))
        for statement in policy.statements(role.assume_role_policy_document)
    )


function_sessions = {}  # access key of a function's code -> ARN of the function


def request_caller(account, access_key_id, region):
    partition = get_partition(region)
    session = sts_backends[account][partition].get_assumed_role_from_access_key(access_key_id)
    if session:
        function = function_sessions.get(access_key_id)
        return role_caller(session.role_arn, session.session_name, function)
    root = f"arn:{partition}:iam::{account}:root"
    return Caller(account, root, root, is_administrator=True)


def find_principal(arn):
    """(the role or None, whether the ARN is one of a role)."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        return None, False
    roles = iam_backends[parts[4]][parts[1]].roles.values()
    return next((role for role in roles if role.arn == arn), None), True

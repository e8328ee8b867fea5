"""Trust policies: credentials of a role are only for those that its trust policy names.

A role that IAM does not know can be assumed by everybody, so that accounts need no set-up.
"""
from moto.sts.exceptions import STSClientError
from moto.sts.responses import TokenResponse

import identity
import policy

ACTION = "sts:AssumeRole"


def trusts(role, caller):
    statements = [{**each, "Resource": "*"} for each in policy.statements(role.assume_role_policy_document)]
    verdict = policy.evaluate({"Statement": statements}, ACTION, role.arn, caller.context(), caller)
    return verdict in (policy.Verdict.ALLOW, policy.Verdict.ACCOUNT)


def install():
    assume_role = TokenResponse.assume_role

    def checked(response):
        arn = response._get_param("RoleArn")
        role = identity.find_role(arn)
        caller = identity.request_caller(response.current_account, response.access_key, response.region)
        if role and not trusts(role, caller):
            message = f"User: {caller.session_arn} is not authorized to perform: {ACTION} on resource: {arn}"
            raise STSClientError("AccessDenied", message)
        return assume_role(response)

    TokenResponse.assume_role = checked

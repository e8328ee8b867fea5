"""Roles as principals of the policies of streams, tables and keys.

AWS keeps the unique ID of a role, and shows its ARN as long as that role exists. A policy whose role was
deleted names the ID (AROA…) and nobody else, also after a role of the same name was created again:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
"""
import json

from moto.dynamodb.models.table import ResourcePolicy
from moto.kms.models import Key

import identity
import policy


def roles_of(document):
    """ARN and unique ID of the roles that a document names."""
    named = {arn for each in policy.statements(document) for arn in policy.principals(each.get("Principal"))}
    found = {arn: identity.find_principal(arn)[0] for arn in named}
    return {arn: role.id for arn, role in found.items() if role}


def kept(attribute):
    """The text of a policy as it was put, with the IDs of the roles that it named and that are gone."""

    def put(owner, text):
        owner.__dict__[attribute] = text
        owner.__dict__["principal_ids"] = roles_of(text)

    def get(owner):
        text = owner.__dict__[attribute]
        for arn, unique_id in owner.__dict__["principal_ids"].items():
            role, _ = identity.find_principal(arn)
            if role is None or role.id != unique_id:
                text = text.replace(json.dumps(arn), json.dumps(unique_id))
        return text

    return property(get, put)


def install():
    ResourcePolicy.policy_doc = kept("policy_doc")
    Key.policy = kept("policy")

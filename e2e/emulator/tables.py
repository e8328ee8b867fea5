"""The items of tables, read across accounts, on top of moto.

GetItem, BatchGetItem and Query with the ARN of a table go to the account in the ARN and are
authorised there. With a name they are moto's, which lets everyone read tables of its own account.
Numbers are stored as DynamoDB does: without zeros in front and at the end.
"""
from decimal import Context, Decimal

from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler

import identity
import policy
import streams


class TableArn(streams.ResourceArn):
    @classmethod
    def parse(cls, text):
        """The parts of a table's ARN, or None if the text is not one."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[2] != "dynamodb" or not parts[5].startswith("table/"):
            return None
        return cls(text, parts[3], parts[4], parts[5].removeprefix("table/"))

    def table(self):
        return self.backend.tables.get(self.table_name)


def enter(handler, action, table, index):
    """Let the caller in to the table, and turn the handler to its owner."""
    caller = identity.request_caller(handler.current_account, handler.access_key, handler.region)
    resource = f"{table.text}/index/{index}" if index else table.text
    name = f"dynamodb:{action}"
    reason = policy.refusal(
        caller, name, resource, table.account, table.resource_policy(), caller.context()
    )
    if reason:
        raise streams.AccessDenied(caller, name, resource, reason)
    reason = streams.decrypt_refusal(caller, table)
    if reason:
        raise streams.AccessDenied(caller, name, resource, f"because {reason}")
    handler.current_account = table.account  # moto takes its backend from this


def authorised(action, moto_method):
    def method(self):
        named = self.body.get("RequestItems") or [self.body["TableName"]]
        tables = [table for table in map(TableArn.parse, named) if table]
        if len({table.account for table in tables}) > 1:
            raise NotImplementedError("BatchGetItem of tables of several accounts")
        # Each before the first turns the handler.
        account = self.current_account
        for table in tables:
            self.current_account = account
            enter(self, action, table, self.body.get("IndexName"))
        return moto_method(self)

    return method


def trimmed(number):
    return f"{Decimal(number).normalize(Context(prec=38)):f}"


def store_trimmed_numbers():
    moto_init = DynamoType.__init__

    def init(self, type_as_dict):
        moto_init(self, type_as_dict)
        if self.type == "N":
            self.value = trimmed(self.value)
        elif self.type == "NS":
            self.value = [trimmed(number) for number in self.value]

    DynamoType.__init__ = init


def install():
    store_trimmed_numbers()
    handler = DynamoHandler
    handler.get_item = authorised("GetItem", handler.get_item)
    handler.batch_get_item = authorised("BatchGetItem", handler.batch_get_item)
    handler.query = authorised("Query", handler.query)

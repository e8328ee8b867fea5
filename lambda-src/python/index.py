import json


def handler(event, context):
    """Prints the event, as the AWS walk-through does."""
    print(json.dumps(event))
    return {"statusCode": 200}

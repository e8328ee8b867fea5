"""What shows how functions and mappings are: metrics and quotas.

Metrics are in moto's CloudWatch, with AWS's names and dimensions:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
No alarm is evaluated: SetAlarmState sets its state.
"""
import json

from moto.awslambda import urls
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

CONCURRENCY = 1000  # of an account, as AWS has it by default


def put(place, dimension, value_of_dimension, namespace="AWS/Lambda", **metrics):
    """Data of now. `place` has an account and a Region, as a function and a mapping have."""
    cloudwatch_backends[place.account_id][place.region].put_metric_data(
        namespace,
        [
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension, "Value": value_of_dimension}],
                "Timestamp": utcnow(),
                "Value": value,
            }
            for name, value in metrics.items()
        ],
    )


def put_embedded(function, line):
    """The metrics that a line of a log has in CloudWatch's embedded metric format."""
    try:
        content = json.loads(line)
        directives = content["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for (dimension,) in directive["Dimensions"]:
            metrics = {m["Name"]: content[m["Name"]] for m in directive["Metrics"]}
            put(function, dimension, content[dimension], directive["Namespace"], **metrics)


def get_account_settings(response):
    functions = lambda_backends[response.current_account][response.region].list_functions()
    reserved = sum(int(f.reserved_concurrency or 0) for f in functions)
    limit = {
        "TotalCodeSize": 80530636800,
        "CodeSizeUnzipped": 262144000,
        "CodeSizeZipped": 52428800,
        "ConcurrentExecutions": CONCURRENCY,
        "UnreservedConcurrentExecutions": CONCURRENCY - reserved,
    }
    usage = {"TotalCodeSize": 0, "FunctionCount": len(list(functions))}
    return json.dumps({"AccountLimit": limit, "AccountUsage": usage})


def install():
    get_code = LambdaFunction.get_code

    def get_code_and_concurrency(function):
        """moto leaves out a reserved concurrency of 0."""
        answer = get_code(function)
        if function.reserved_concurrency is not None:
            reserved = {"ReservedConcurrentExecutions": function.reserved_concurrency}
            answer["Concurrency"] = reserved
        return answer

    LambdaFunction.get_code = get_code_and_concurrency
    LambdaResponse.get_account_settings = get_account_settings
    urls.url_paths[r"{0}/(?P<api_version>[^/]+)/account-settings/?$"] = LambdaResponse.dispatch

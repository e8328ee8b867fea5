"""Records the calls that Terraform and doctor make with roles named Terraform…, in a sorted file, each once:

    <account> <role> <service>:<operation> <parameter>=<value> …

with the parameters that name what the call is about. Names are those of AWS's API, of which IAM's
actions are not always a copy.
"""
import functools
import io
import json
import re
import threading
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import botocore.session
from moto.iam.models import get_account_id_from

import identity

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
NAMING = re.compile(
    r".*(Name|NamePrefix|Names\.member\.\d+|Arn|ARN|KeyId|UUID)|Bucket|Key|Resource|WorkGroup"
)
RECORDED = re.compile(r"HashiCorp|cross-account-streams-doctor")
# IDs and times, which differ from run to run.
LABEL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/stream/)\S+")


@functools.cache
def rest_operations(service):
    """(name, method, path as a pattern, query parameters) of the operations of a REST API."""
    model = botocore.session.get_session().get_service_model(service)
    operations = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        http, shape = operation.http, operation.input_shape
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path).replace("{Key+}", "(?P<Key>.+)")
        parameters = set(dict(parse_qsl(query, keep_blank_values=True)))
        for member in shape.required_members if shape else ():
            serialization = shape.members[member].serialization
            if serialization.get("location") == "querystring":
                parameters.add(serialization["name"])
        operations.append((name, http["method"], re.compile(f"{pattern}/?"), parameters))
    return operations


def rest_call(service, method, path, query):
    """The operation that asks for most of what the request has."""
    found = [
        (len(parameters), name, match.groupdict())
        for name, of_method, pattern, parameters in rest_operations(service)
        if of_method == method and parameters <= set(query) and (match := pattern.fullmatch(path))
    ]
    _, name, in_path = max(found, key=lambda each: each[:2])
    return name, {key: unquote(value) for key, value in in_path.items()}


def leaves(value, name=""):
    """Every text in a JSON document, with the name of what it is the value of."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, key)
    elif isinstance(value, str):
        yield name, value


def call_of(environ, body, service):
    """Operation and parameters of a request."""
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    text = b"" if service == "s3" else body  # there it is an object
    form = dict(parse_qsl(text.decode("utf-8", "replace")))
    content = dict(leaves(json.loads(text))) if text.startswith(b"{") else {}
    if "HTTP_X_AMZ_TARGET" in environ:
        return environ["HTTP_X_AMZ_TARGET"].rpartition(".")[2], content
    if "Action" in form:
        return form["Action"], form
    path = environ.get("RAW_URI", environ["PATH_INFO"]).partition("?")[0]
    name, parameters = rest_call(service, environ["REQUEST_METHOD"], path, query)
    return name, {**content, **query, **parameters}


class Recorder:
    def __init__(self, app, file):
        self.app = app
        self.file = Path(file)
        self.lines = set(self.file.read_text().splitlines()) if self.file.exists() else set()
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        signature = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if signature and RECORDED.search(environ.get("HTTP_USER_AGENT", "")):
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            self.record(environ, body, *signature.groups())
        return self.app(environ, start_response)

    def record(self, environ, body, access_key, region, service):
        account = get_account_id_from(access_key)
        caller = identity.request_caller(account, access_key, region)
        role = caller.arn.rpartition("/")[2]
        if not role.startswith("Terraform"):
            return
        operation, parameters = call_of(environ, body, service)
        names = sorted(f"{k}={v}" for k, v in parameters.items() if NAMING.fullmatch(k))
        line = LABEL.sub("…", " ".join([account, role, f"{service}:{operation}", *names]))
        with self.lock:
            if line not in self.lines:
                self.lines.add(line)
                self.file.write_text("".join(f"{each}\n" for each in sorted(self.lines)))

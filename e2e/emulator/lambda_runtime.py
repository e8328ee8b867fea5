"""Runs the code of Lambda functions in child processes, in place of moto's Docker.

One process serves one invocation at a time and is kept for the next one; a change
of the function's code or configuration starts new processes.
"""
import base64
import io
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import Path

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.core.utils import unix_time_millis, utcnow
from moto.logs.models import logs_backends
from moto.sts.models import sts_backends

import identity
import policy
import watching

HERE = Path(__file__).resolve().parent
INIT_TIMEOUT_S = 10
END_OF_LOG = f"end of log {uuid.uuid4().hex}"


@dataclass
class Outcome:
    payload: str
    error: bool
    log: str = ""


def command_for(runtime):
    if (runtime or "").startswith("nodejs"):
        return [shutil.which("node") or "node", str(HERE / "bootstrap.mjs")]
    if (runtime or "").startswith("python"):
        return [sys.executable, str(HERE / "bootstrap.py")]
    return None


def fingerprint(function):
    return json.dumps([function.get_configuration(), function.code_sha_256], default=str)


def role_credentials(function):
    """Temporary credentials of the execution role, with the session name AWS uses."""
    sts = sts_backends[function.account_id][function.partition]
    return sts.assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy=None,
        duration=3600,
        external_id=None,
    )


class Sandbox:
    """A child process that holds one loaded function."""

    def __init__(self, function, directory, endpoint):
        self.fingerprint = fingerprint(function)
        self.log_stream = f"{utcnow():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        self.name = function.function_name
        self.answers = queue.Queue()
        self.log_ended = threading.Event()
        self.log_lines = []
        read_end, write_end = os.pipe()
        environment = self._environment(function, directory, endpoint)
        environment["EMULATOR_ANSWER_FD"] = str(write_end)
        environment["EMULATOR_END_OF_LOG"] = END_OF_LOG
        self.process = subprocess.Popen(
            command_for(function.run_time),
            cwd=directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[write_end],
            start_new_session=True,
        )
        os.close(write_end)
        threading.Thread(target=self._read_answers, args=(read_end,), daemon=True).start()
        threading.Thread(target=self._read_log, daemon=True).start()

    def _environment(self, function, directory, endpoint):
        session = role_credentials(function)
        identity.function_sessions[session.access_key_id] = function.function_arn
        return {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            **{k: str(v) for k, v in function.environment_vars.items()},
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(directory),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
            "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_LOG_GROUP_NAME": function.logs_group_name,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_ACCESS_KEY_ID": session.access_key_id,
            "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
            "AWS_SESSION_TOKEN": session.session_token,
            "AWS_ENDPOINT_URL": endpoint,
        }

    def _read_answers(self, descriptor):
        with os.fdopen(descriptor, encoding="utf-8") as lines:
            for line in lines:
                self.answers.put(json.loads(line))
        self.answers.put(None)

    def _read_log(self):
        for raw in self.process.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line == END_OF_LOG:
                self.log_ended.set()
                continue
            print(f"[{self.name}] {line}", file=sys.stderr, flush=True)
            self.log_lines.append(line)
        self.log_ended.set()

    def answer(self, timeout):
        """The next answer; None if the process ended; raises queue.Empty on timeout."""
        message = self.answers.get(timeout=timeout)
        self.log_ended.wait(2)
        self.log_ended.clear()
        return message

    def send(self, request):
        try:
            self.process.stdin.write((json.dumps(request) + "\n").encode())
            self.process.stdin.flush()
        except OSError:
            pass  # the process has ended: answer() returns None

    def take_log(self):
        lines, self.log_lines = self.log_lines, []
        return lines

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class LambdaRuntime:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.lock = threading.Lock()
        self.idle = {}  # function ARN -> [Sandbox]
        self.all = set()
        self.root = Path(tempfile.mkdtemp(prefix="aws-emulator-"))

    # -- code

    def _code_directory(self, function):
        """Where the function's code lies unpacked."""
        home = self.root / function.code_sha_256.replace("/", "_").rstrip("=")
        with self.lock:
            if not home.exists():
                partial = Path(tempfile.mkdtemp(dir=self.root))
                with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                    archive.extractall(partial)
                partial.rename(home)
        return home

    # -- processes

    def _acquire(self, function):
        with self.lock:
            waiting = self.idle.get(function.function_arn, [])
            current = fingerprint(function)
            stale = [s for s in waiting if s.fingerprint != current or s.process.poll() is not None]
            fresh = [s for s in waiting if s not in stale]
            self.idle[function.function_arn] = fresh
            reused = fresh.pop() if fresh else None
        for sandbox in stale:
            self._discard(sandbox)
        if reused:
            return reused, None
        sandbox = Sandbox(function, self._code_directory(function), self.endpoint)
        with self.lock:
            self.all.add(sandbox)
        try:
            first = sandbox.answer(INIT_TIMEOUT_S)
        except queue.Empty:
            first = {"error": {"errorType": "Sandbox.Timedout", "errorMessage": "Init timed out"}}
        if first is None:
            first = {"error": {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited"}}
        return sandbox, first.get("error")

    def _discard(self, sandbox):
        sandbox.kill()
        with self.lock:
            self.all.discard(sandbox)

    def forget(self, function_name, account_id):
        with self.lock:
            gone = [arn for arn in self.idle
                    if arn.split(":")[4] == account_id and arn.split(":")[6] == function_name]
            sandboxes = [s for arn in gone for s in self.idle.pop(arn)]
        for sandbox in sandboxes:
            self._discard(sandbox)

    def close(self):
        for sandbox in list(self.all):
            sandbox.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    # -- invocations

    def invoke(self, function, event, request_id=None):
        request_id = request_id or str(uuid.uuid4())
        if command_for(function.run_time) is None:
            message = f"The emulator runs nodejs and python functions, not {function.run_time}"
            return self._failure("Runtime.Unsupported", message)
        try:
            sandbox, init_error = self._acquire(function)
        except (zipfile.BadZipFile, OSError) as error:
            return self._failure("Runtime.InvalidEntrypoint", str(error))
        started = time.monotonic()
        if init_error:
            outcome = Outcome(json.dumps(init_error), True)
            self._discard(sandbox)
        else:
            outcome = self._run(sandbox, function, event, request_id)
        lines = [f"START RequestId: {request_id} Version: {function.version}"]
        lines += sandbox.take_log()
        if outcome.error and not init_error:
            lines.append(f"{request_id} {json.loads(outcome.payload).get('errorMessage')}")
        spent = (time.monotonic() - started) * 1000
        lines += [
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id} Duration: {spent:.2f} ms "
            f"Memory Size: {function.memory_size} MB",
        ]
        outcome.log = "\n".join(lines)
        self._store_log(function, sandbox.log_stream, lines)
        errors = 1 if outcome.error else 0
        watching.put(
            function, "FunctionName", function.function_name, Invocations=1, Errors=errors, Duration=spent
        )
        return outcome

    def _run(self, sandbox, function, event, request_id):
        sandbox.send(
            {
                "event": event,
                "deadline": int((time.time() + function.timeout) * 1000),
                "context": {
                    "functionName": function.function_name,
                    "functionVersion": str(function.version),
                    "invokedFunctionArn": function.function_arn,
                    "memoryLimitInMB": str(function.memory_size),
                    "awsRequestId": request_id,
                    "logGroupName": function.logs_group_name,
                    "logStreamName": sandbox.log_stream,
                },
            }
        )
        try:
            answer = sandbox.answer(function.timeout)
        except queue.Empty:
            self._discard(sandbox)
            return self._failure(
                "Sandbox.Timedout",
                f"RequestId: {request_id} Error: "
                f"Task timed out after {function.timeout:.2f} seconds",
            )
        if answer is None:
            status = sandbox.process.wait()
            self._discard(sandbox)
            return self._failure(
                "Runtime.ExitError",
                f"RequestId: {request_id} Error: Runtime exited with error: exit status {status}",
            )
        with self.lock:
            self.idle.setdefault(function.function_arn, []).append(sandbox)
        if "error" in answer:
            return Outcome(json.dumps(answer["error"]), True)
        return Outcome(json.dumps(answer["result"]), False)

    @staticmethod
    def _failure(error_type, message):
        return Outcome(json.dumps({"errorType": error_type, "errorMessage": message}), True)

    @staticmethod
    def _store_log(function, stream, lines):
        """To CloudWatch Logs, as far as the execution role may write there."""
        logs = logs_backends[function.account_id][function.region]
        group = function.logs_group_name
        caller = identity.execution_caller(function, function.function_arn)
        arn = f"arn:aws:logs:{function.region}:{function.account_id}:log-group:{group}"

        def may(action, resource):
            verdict = policy.evaluate_identity(caller, action, resource, caller.context())
            return verdict is policy.Verdict.ALLOW

        if group not in logs.groups:
            if not may("logs:CreateLogGroup", arn):
                return
            logs.ensure_log_group(group)
        if not may("logs:PutLogEvents", f"{arn}:log-stream:{stream}"):
            return
        if stream not in logs.groups[group].streams:
            logs.create_log_stream(group, stream)
        now = int(unix_time_millis())
        logs.put_log_events(group, stream, [{"timestamp": now, "message": x} for x in lines])
        for line in lines:
            watching.put_embedded(function, line)


def check_role(role_arn):
    """moto looks whether the role exists; Lambda must also be trusted by it."""
    role = identity.find_role(role_arn or "")
    if role and not identity.lambda_may_assume(role):
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda."
        )


def install(runtime):
    moto_create = LambdaBackend.create_function
    moto_update = LambdaBackend.update_function_configuration
    moto_delete = LambdaBackend.delete_function

    def invoke(function, body, request_headers, response_headers):
        """As moto's method of this name: the payload, and headers for the answer."""
        try:
            event = json.loads(body) if body else {}
        except ValueError as error:
            raise LambdaClientError(
                "InvalidRequestContentException", f"Could not parse request body into json: {error}"
            ) from None
        kind = request_headers.get("x-amz-invocation-type") or "RequestResponse"
        if kind != "RequestResponse":
            raise InvalidParameterValueException(f"The emulator has no invocation type {kind}")
        response_headers["x-amz-executed-version"] = str(function.version)
        outcome = runtime.invoke(function, event)
        if outcome.error:
            response_headers["x-amz-function-error"] = "Unhandled"
        tail = outcome.log.encode()[-4096:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail).decode()
        return outcome.payload.encode()

    def create_function(backend, spec):
        check_role(spec.get("Role"))
        return moto_create(backend, spec)

    def update_function_configuration(backend, function_name, qualifier, body):
        if body.get("Role"):
            check_role(body["Role"])
        return moto_update(backend, function_name, qualifier, body)

    def delete_function(backend, function_name, qualifier=None):
        moto_delete(backend, function_name, qualifier)
        runtime.forget(function_name.split(":")[-1], backend.account_id)

    LambdaFunction.invoke = invoke
    LambdaBackend.create_function = create_function
    LambdaBackend.update_function_configuration = update_function_configuration
    LambdaBackend.delete_function = delete_function

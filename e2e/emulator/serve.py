"""Starts the emulator: moto's server with the extensions of this folder.

It listens on 127.0.0.1 only, keeps everything in memory, prints `ready http://127.0.0.1:<port>`
when it accepts requests, and ends on SIGTERM and on SIGINT.
"""
import argparse
import functools
import json
import os
import signal
import sys
import threading
import time
from datetime import timedelta

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

import emails
import esm
import keys
import lambda_runtime
import principals
import record
import streams
import tables
import trust
import watching


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=5555, help="0 takes a free port")
    parser.add_argument("--latency-ms", type=float, default=0, help="added to each request")
    parser.add_argument(
        "--principal-propagation-s",
        type=float,
        default=0,
        help="seconds until stream policies accept a new role or user as principal",
    )
    parser.add_argument(
        "--poll-interval-ms", type=float, default=200, help="of event source mappings"
    )
    parser.add_argument(
        "--record", metavar="FILE", help="add the calls that Terraform and doctor make with roles named Terraform… to FILE"
    )
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end with the process that started it, however that ends",
    )
    return parser.parse_args()


def load_managed_policies():
    """AWS managed policies in every account. moto's own setting for this parses 4 MB
    for each account and partition; this does once, for the partition "aws"."""
    documents = functools.cache(lambda: json.loads(aws_managed_policies_data))

    def init_aws_policies(backend):
        if backend.partition != "aws":
            return []
        return [
            AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
            for name, data in documents().items()
        ]

    IAMBackend._init_aws_policies = init_aws_policies


def with_latency(app, seconds):
    def delayed(environ, start_response):
        time.sleep(seconds)
        return app(environ, start_response)

    return delayed if seconds > 0 else app


def main():
    arguments = parse_arguments()
    os.environ.pop("MOTO_ACCOUNT_ID", None)  # would put every caller into one account
    load_managed_policies()
    app = with_latency(
        DomainDispatcherApplication(create_backend_app), arguments.latency_ms / 1000
    )
    if arguments.record:
        app = record.Recorder(app, arguments.record)
    server = make_server("127.0.0.1", arguments.port, app, threaded=True)
    server.RequestHandlerClass.log_request = lambda *_: None
    endpoint = f"http://127.0.0.1:{server.port}"
    os.environ["MOTO_PORT"] = str(server.port)

    runtime = lambda_runtime.LambdaRuntime(endpoint)
    streams.principal_propagation = timedelta(seconds=arguments.principal_propagation_s)
    esm.poll_interval_s = arguments.poll_interval_ms / 1000
    streams.install()
    tables.install()
    trust.install()
    keys.install()
    principals.install()
    emails.install()
    watching.install()
    lambda_runtime.install(runtime)
    esm.install(runtime)

    def stop(*_):
        runtime.close()
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"ready {endpoint}", flush=True)
    if arguments.until_stdin_closes:
        sys.stdin.read()
        stop()
    threading.Event().wait()


if __name__ == "__main__":
    main()

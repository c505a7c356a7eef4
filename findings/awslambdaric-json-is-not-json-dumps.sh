#!/bin/bash
# awslambdaric 4.2.2 writes other JSON than json.dumps: it accepts bytes and Decimals, and makes objects of named tuples.
# Expected: what json.dumps makes of the result, and an error of the runtime's for what json.dumps cannot serialize: so says "Define Lambda
# function handler in Python", section on returning a value.
# Happens: the runtime's encoder is simplejson's. Bytes inside of a result, of which json.dumps says that they cannot be serialized, are
# written as text if they are UTF-8; a named tuple, to json.dumps an array, is an object; a Decimal is a number of as many digits.
# Matters: a local emulator or test that calls the handler and json.dumps the result refuses what works on Lambda, and shows the caller an
# array where Lambda shows an object; only running the runtime itself shows it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0

cat >"$folder/function.py" <<'PYTHON'
from decimal import Decimal
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int


results = {"tuple": Point(3, 4), "bytes": [b"abc"], "decimal": Decimal("0.10000000000000000001")}


def handler(event, context):
    return results[event]
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import json
import os
import queue
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

from function import results

events, answers = queue.Queue(), queue.Queue()


class RuntimeAPI(BaseHTTPRequestHandler):
    def do_GET(self):
        event = json.dumps(events.get()).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answers.put((self.path.rsplit("/", 1)[1], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


api = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeAPI)
api.daemon_threads = True
threading.Thread(target=api.serve_forever, daemon=True).start()
environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port}
runtime = subprocess.Popen([sys.executable, "-m", "awslambdaric", "function.handler"], env=environment)
print("awslambdaric", version("awslambdaric"), "with simplejson", version("simplejson"))
seen = {}
try:
    for name, result in results.items():
        try:
            plain = json.dumps(result)
        except TypeError as error:
            plain = f"TypeError: {error}"
        events.put(name)
        seen[name] = answers.get(timeout=300)
        print(f"{result!r}: json.dumps {plain}, awslambdaric {seen[name]}")
finally:
    runtime.kill()
    runtime.wait()
expected = {
    "tuple": ("response", '{"x": 3, "y": 4}'),
    "bytes": ("response", '["abc"]'),
    "decimal": ("response", "0.10000000000000000001"),
}
if seen != expected:
    sys.exit(f"changed: {seen}")
PYTHON
cd "$folder"
env -u AWS_LAMBDA_MAX_CONCURRENCY -u AWS_LAMBDA_INITIALIZATION_TYPE venv/bin/python finding.py

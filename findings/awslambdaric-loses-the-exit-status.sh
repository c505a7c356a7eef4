#!/bin/bash
# awslambdaric 4.2.2 exits with 0 on Managed Instances whatever became of its workers, and replaces none of them.
# Expected: another worker takes the place of one that ended, or the exit status shows it ("Understanding the Lambda execution environment
# lifecycle": a runtime that exits fails its invocation). Without AWS_LAMBDA_MAX_CONCURRENCY a handler's sys.exit(3) gives exit status 3.
# Happens: with it the first process forks that many workers and waits for each; a handler's sys.exit(3) ends its worker, nothing is posted
# for the event, nobody asks for the next in its place, and when the last has gone the exit status is 0.
# Matters: an emulator cannot learn from the exit status that all workers failed, and one that counts open calls to next sees its capacity
# shrink for ever; it must watch the connections, and end the event of a worker whose connection is gone by its timeout.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0

cat >"$folder/function.py" <<'PYTHON'
import sys


def handler(event, context):
    sys.exit(3)
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version


class RuntimeAPI(BaseHTTPRequestHandler):
    asked = []
    posted = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-%012d" % len(self.asked))
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append(self.path)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


api = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeAPI)
threading.Thread(target=api.serve_forever, daemon=True).start()


def run(**more):
    RuntimeAPI.asked.clear()
    RuntimeAPI.posted.clear()
    environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port, **more}
    runtime = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", "function.handler"], env=environment, start_new_session=True
    )
    try:
        status = runtime.wait(300)
    except subprocess.TimeoutExpired:
        os.killpg(runtime.pid, signal.SIGKILL)
        sys.exit(f"changed: it still runs, and has asked for {len(RuntimeAPI.asked)} events")
    print(f"{more or 'alone'}: {len(RuntimeAPI.asked)} next, {len(RuntimeAPI.posted)} posts, exit status {status}")
    return len(RuntimeAPI.asked), len(RuntimeAPI.posted), status


print("awslambdaric", version("awslambdaric"))
alone = run()
managed = run(AWS_LAMBDA_INITIALIZATION_TYPE="lambda-managed-instances", AWS_LAMBDA_MAX_CONCURRENCY="4")
if alone != (1, 0, 3) or managed != (4, 0, 0):
    sys.exit(f"changed: alone {alone}, on Managed Instances {managed}")
PYTHON
cd "$folder"
env -u AWS_LAMBDA_MAX_CONCURRENCY -u AWS_LAMBDA_INITIALIZATION_TYPE venv/bin/python finding.py

#!/bin/bash
# SIGTERM ends awslambdaric 4.2.2 on Managed Instances, but not its workers: they keep serving, and the function never hears of the signal.
# Expected: the SIGTERM that a runtime gets at shutdown ends it, and a function that handles SIGTERM can tidy up ("Understanding the
# Lambda execution environment lifecycle", shutdown phase; "Python runtime for Lambda Managed Instances" names no exception).
# Happens: the process that was started forks its workers and dies of the signal by itself. They keep their calls to next open, inherit
# its standard output and error, take events and answer them; the function's own signal handler, which lives in them, is not called.
# Matters: an emulator that signals the process it started, or waits for its pipes to close, is left with orphans that answer for an
# environment that is gone; it must start the runtime in a process group of its own and signal that.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0

cat >"$folder/function.py" <<'PYTHON'
import os
import signal

told = []
signal.signal(signal.SIGTERM, lambda *_: told.append("SIGTERM"))


def handler(event, context):
    return {"process": os.getpid(), "told": told}
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

patience = 300
asking, events, answers = queue.Queue(), queue.Queue(), queue.Queue()


class RuntimeAPI(BaseHTTPRequestHandler):
    def do_GET(self):
        asking.put(None)
        requestID = events.get()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", requestID)
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


api = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeAPI)
api.daemon_threads = True
threading.Thread(target=api.serve_forever, daemon=True).start()
environment = {
    **os.environ,
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",  # next is asked for on a thread, so that signal handlers may run
    "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
    "AWS_LAMBDA_MAX_CONCURRENCY": "2",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port,
}
print("awslambdaric", version("awslambdaric"))
runtime = subprocess.Popen(
    [sys.executable, "-m", "awslambdaric", "function.handler"], env=environment, start_new_session=True
)
try:
    for _ in range(2):
        asking.get(timeout=patience)
    runtime.send_signal(signal.SIGTERM)
    print("process", runtime.pid, "got SIGTERM and ended with", runtime.wait(patience))
    for number in range(2):
        events.put("8476a536-e9f4-11e8-9739-%012d" % number)
        answer = answers.get(timeout=patience)
        print("an event after that was answered:", answer)
        if answer["process"] == runtime.pid or answer["told"]:
            sys.exit(f"changed: {answer}")
    if runtime.returncode != -signal.SIGTERM:
        sys.exit(f"changed: the exit status was {runtime.returncode}")
except (queue.Empty, subprocess.TimeoutExpired) as error:
    sys.exit(f"changed: {error!r} after the signal")
finally:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(runtime.pid, signal.SIGKILL)
PYTHON
cd "$folder"
venv/bin/python finding.py

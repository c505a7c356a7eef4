#!/bin/bash
# awslambdaric 4.2.2 writes the traceback of a failed event as one line, joined by carriage returns and indented by no-break spaces.
# Expected: the lines of a traceback on standard output as Python writes them, or one entry whose lines are separated by line feeds, as
# CloudWatch shows it ("Log and monitor Python Lambda functions").
# Happens: unless Lambda passed it a descriptor for framed logs (_LAMBDA_TELEMETRY_LOG_FD, which is not documented), each line but the
# last ends with CR, and each of its leading spaces is U+00A0. Only the end has a line feed. It is so in text logging, not in JSON.
# Matters: in a terminal each line overwrites the one before, so that of a local failure only the last piece stays; a reader of lines
# passes CRs on, grep for "  File" finds nothing, and an emulator that shows it to people must translate both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0

cat >"$folder/function.py" <<'PYTHON'
def handler(event, context):
    raise ValueError("no such order")
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

posted, over = threading.Event(), threading.Event()


class RuntimeAPI(BaseHTTPRequestHandler):
    def do_GET(self):
        if posted.is_set():
            over.wait()
            return
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:f")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        posted.set()
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


api = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeAPI)
api.daemon_threads = True
threading.Thread(target=api.serve_forever, daemon=True).start()
environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port, "PYTHONUTF8": "1"}
runtime = subprocess.Popen(
    [sys.executable, "-m", "awslambdaric", "function.handler"], env=environment, stdout=subprocess.PIPE
)
try:
    if not posted.wait(300):
        sys.exit("changed: nothing was posted")
finally:
    runtime.kill()
    output = runtime.communicate()[0].decode()
    over.set()
print("awslambdaric", version("awslambdaric"))
print(ascii(output))
head, *lines = output.split("\r")
if not (head.startswith("[ERROR] ValueError: no such order") and output.count("\n") == 1 and output.endswith("\n")):
    sys.exit("changed: the error is not one line")
if len(lines) < 2 or not any(line.startswith('\u00a0\u00a0File "') for line in lines):
    sys.exit("changed: no carriage returns, or no no-break spaces")
PYTHON
cd "$folder"
env -u AWS_LAMBDA_LOG_FORMAT -u AWS_LAMBDA_MAX_CONCURRENCY -u AWS_LAMBDA_INITIALIZATION_TYPE venv/bin/python finding.py

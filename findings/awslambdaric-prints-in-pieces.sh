#!/bin/bash
# awslambdaric 4.2.2 writes what a handler prints in pieces: each argument, each space and the line feed is a write(2) of its own.
# Expected: a line that is printed reaches standard output in one piece, as it does from Python's own stream on a terminal, so that it stays
# whole beside what others write to the same pipe (POSIX, write: up to PIPE_BUF bytes are not interleaved).
# Happens: the runtime puts a wrapper around sys.stdout that flushes at each call, and print calls it once for each argument, separator and
# end. print("order", 42) is four writes. Records of the logging module come in one.
# Matters: on Managed Instances the workers are processes that share the output of the first, unless the platform gives each its own: in an
# emulator their printed lines mix within a line. Whoever takes one read for one log entry gets pieces and empty entries even from one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check awslambdaric==4.2.2 simplejson==4.3.0 snapshot-restore-py==1.0.0

cat >"$folder/function.py" <<'PYTHON'
import logging


def handler(event, context):
    print("order", 42)
    logging.warning("order %d", 42)
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import os
import socket
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
environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port}
# A socket that keeps the bounds of what is written: one packet for each write.
ours, output = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
runtime = subprocess.Popen([sys.executable, "-m", "awslambdaric", "function.handler"], env=environment, stdout=output)
output.close()
try:
    if not posted.wait(300):
        sys.exit("changed: nothing was posted")
finally:
    runtime.kill()
    runtime.wait()
    over.set()
writes = []
while packet := ours.recv(65536):
    writes.append(packet.decode())
print("awslambdaric", version("awslambdaric"))
for text in writes:
    print(ascii(text))
*printed, logged = writes
if printed != ["order", " ", "42", "\n"]:
    sys.exit("changed: print is not written in pieces")
if not (logged.startswith("[WARNING]") and logged.endswith("order 42\n")):
    sys.exit("changed: the logging module's line is not one write")
PYTHON
cd "$folder"
env -u AWS_LAMBDA_LOG_FORMAT -u AWS_LAMBDA_MAX_CONCURRENCY -u AWS_LAMBDA_INITIALIZATION_TYPE venv/bin/python finding.py

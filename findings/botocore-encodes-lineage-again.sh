#!/bin/bash
# botocore 1.44.8 percent-encodes the trace header's Lineage, and encodes it again at each further hop.
# Expected: a call made inside a function carries the trace header that Lambda gave, byte for byte: loop detection counts by it ("Use Lambda
# recursive loop detection to prevent infinite loops"). "AWS X-Ray concepts" shows Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2 in it.
# Happens: the bar between two entries is sent as %7C, and since a percent sign is no safe character either, the next function that was
# given the header so sends %257C.
# Matters: a local emulator, an extension or a collector that joins calls by comparing headers, or that splits Lineage at its bars, must
# decode first and cannot know how often; only Root, Parent and Sampled survive as they were.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 s3transfer==0.19.3

cat >"$folder/finding.py" <<'PYTHON'
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import boto3

seen = []


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        seen.append(self.headers["X-Amzn-Trace-Id"])
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


service = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "function"
client = boto3.client(
    "lambda",
    region_name="eu-west-1",
    endpoint_url="http://127.0.0.1:%d" % service.server_port,
    aws_access_key_id="none",
    aws_secret_access_key="none",
)

print("botocore", version("botocore"))
rest = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
header = rest + ";Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2"
print("given: ", header)
for _ in range(2):
    os.environ["_X_AMZN_TRACE_ID"] = header
    client.invoke(FunctionName="next", Payload=b"{}")
    header = seen[-1]
    print("sent on:", header)
if seen != [f"{rest};Lineage=a87bd80c:1{bar}68fd508a:5{bar}c512fbe3:2" for bar in ("%7C", "%257C")]:
    sys.exit(f"changed: sent were {seen}")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

#!/bin/bash
# boto3 1.44.8 ends a response stream without an error where it was cut off, even in the middle of a message, and where the function failed.
# Expected: an exception where the last message is not whole: each one begins with its length ("Event stream encoding", Amazon Transcribe;
# "Lambda InvokeWithResponseStream"), and InvokeComplete is what says that all chunks have come.
# Happens: iterating ends normally when the HTTP response does. A partial message is dropped without a word, InvokeComplete is not waited
# for, and one with an ErrorCode is an event like others: only looking for InvokeComplete distinguishes the three from success.
# Matters: an emulator or a proxy that dies in mid-stream but closes its HTTP response properly gives callers a short body as a good one;
# in a test, assert that InvokeComplete came and has no ErrorCode, and in an emulator break the connection, not the stream.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 s3transfer==0.19.3

cat >"$folder/finding.py" <<'PYTHON'
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from zlib import crc32

import boto3


def message(event_type, content_type, payload):
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", event_type), (":content-type", content_type)):
        headers += struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", 7, len(value)) + value.encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack(">I", crc32(prelude))
    body = prelude + headers + payload
    return body + struct.pack(">I", crc32(body))


first = message("PayloadChunk", "application/octet-stream", b"first half, ")
second = message("PayloadChunk", "application/octet-stream", b"second half")
complete = message("InvokeComplete", "application/json", b"{}")
failed = message("InvokeComplete", "application/json", b'{"ErrorCode":"Function.Unhandled","ErrorDetails":"no"}')
streams = {
    "whole": first + second + complete,
    "cut between messages": first,
    "cut within a message": first + second[:-9],
    "failed": first + failed,
}
stream = b""


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(stream), stream))

    def log_message(self, *_):
        pass


service = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=service.serve_forever, daemon=True).start()
client = boto3.client(
    "lambda",
    region_name="eu-west-1",
    endpoint_url="http://127.0.0.1:%d" % service.server_port,
    aws_access_key_id="none",
    aws_secret_access_key="none",
)
print("boto3", version("boto3"), "botocore", version("botocore"))
seen = {}
for name, stream in streams.items():
    try:
        events = list(client.invoke_with_response_stream(FunctionName="function")["EventStream"])
        body = b"".join(event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event)
        seen[name] = (body, [event["InvokeComplete"] for event in events if "InvokeComplete" in event])
    except Exception as error:
        seen[name] = repr(error)
    print(f"{name}: {seen[name]}")
expected = {
    "whole": (b"first half, second half", [{}]),
    "cut between messages": (b"first half, ", []),
    "cut within a message": (b"first half, ", []),
    "failed": (b"first half, ", [{"ErrorCode": "Function.Unhandled", "ErrorDetails": "no"}]),
}
if seen != expected:
    sys.exit("changed: a stream that is not whole is told from a whole one, or read otherwise")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

#!/bin/bash
# aws-xray-sdk 2.15.0 hangs a warm environment's second invocation of one trace below the first.
# Expected: each invocation's subsegments have the Parent of its own trace header, for every invocation is a segment of its own, and a trace
# may pass through a function more than once ("Visualize Lambda function invocations using AWS X-Ray"; "AWS X-Ray concepts").
# Happens: on Lambda the SDK compares only Root with that of the segment that it has, and keeps that segment where they are equal. A retry,
# two states of a state machine or two messages of one producer, handled by one warm environment, all become children of the first; its
# sampling decision stays, too: what is not to be sampled is sent.
# Matters: whoever replays events with a fixed trace id in a local emulator, or makes trace headers in a runtime, sees children move to an
# invocation that has ended; a new Parent is not enough, only a new Root is believed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aws-xray-sdk==2.15.0 botocore==1.44.8 wrapt==2.5.2

cat >"$folder/finding.py" <<'PYTHON'
import json
import os
import socket
import sys
from importlib.metadata import version

daemon = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
daemon.bind(("127.0.0.1", 0))
daemon.settimeout(120)
os.environ["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:%d" % daemon.getsockname()[1]

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.lambda_launcher import LambdaContext

# What the SDK sets up when it finds LAMBDA_TASK_ROOT, without the file that it then leaves in /tmp.
xray_recorder.configure(context=LambdaContext(), streaming_threshold=0, sampling=False)


def invoke(name, root, parent, sampled):
    os.environ["_X_AMZN_TRACE_ID"] = f"Root={root};Parent={parent};Sampled={sampled}"
    with xray_recorder.in_subsegment(name):
        pass
    try:
        _, body = daemon.recv(65536).split(b"\n", 1)
    except TimeoutError:
        sys.exit(f"changed: nothing was sent of the {name}")
    sent = json.loads(body)
    print(f"{name}: told Parent={parent} Sampled={sampled}, sent to the daemon with parent {sent['parent_id']}")
    return sent["parent_id"]


print("aws-xray-sdk", version("aws-xray-sdk"))
one, other = "1-5759e988-bd862e3fe1be46a994272793", "1-5759e989-bd862e3fe1be46a994272793"
seen = [
    invoke("first", one, "1111111111111111", 1),
    invoke("second, same trace", one, "2222222222222222", 0),
    invoke("third, another trace", other, "3333333333333333", 1),
]
if seen != ["1111111111111111", "1111111111111111", "3333333333333333"]:
    sys.exit(f"changed: the parents were {seen}")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

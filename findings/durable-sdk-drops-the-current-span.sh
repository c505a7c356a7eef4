#!/bin/bash
# aws-durable-execution-sdk-python 3.0.0 runs the handler on a thread without the caller's context: OpenTelemetry's traces break there.
# Expected: a span made in the handler is a child of the invocation's, which opentelemetry-instrumentation-aws-lambda makes current around
# it ("Semantic conventions for AWS Lambda", OpenTelemetry); context variables reach what is called (PEP 567), as with a plain handler.
# Happens: @durable_execution gives the handler to a thread pool and copies the context variables only if a plugin of the SDK's own is
# configured. Otherwise no span is current in it, and each span that it makes is the root of another trace, sampled anew.
# Matters: thread-locals are lost likewise (aws-xray-sdk), and signal.signal raises. Who joins an invocation's spans, in an extension
# or an emulator, cannot do so by trace id for durable functions, though the event and the runtime have the right one.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aws-durable-execution-sdk-python==3.0.0 \
  boto3==1.44.8 botocore==1.44.8 s3transfer==0.19.3 opentelemetry-instrumentation-aws-lambda==0.66b1 \
  opentelemetry-instrumentation==0.66b1 opentelemetry-semantic-conventions==0.66b1 opentelemetry-api==1.45.1 opentelemetry-sdk==1.45.1 \
  opentelemetry-propagator-aws-xray==1.0.2 wrapt==2.5.2

cat >"$folder/functions.py" <<'PYTHON'
import threading

from aws_durable_execution_sdk_python import durable_execution
from opentelemetry import trace


def plain(event, context):
    with trace.get_tracer("function").start_as_current_span("work"):
        return threading.current_thread() is threading.main_thread()


durable = durable_execution(plain)
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import json
import os
import sys
from importlib.metadata import version
from types import SimpleNamespace

os.environ.update(
    AWS_ACCESS_KEY_ID="none",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_LAMBDA_FUNCTION_NAME="function",
    AWS_SECRET_ACCESS_KEY="none",
)
for name in ("ORIG_HANDLER", "_HANDLER"):
    os.environ.pop(name, None)

import functions
from opentelemetry import trace
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

spans = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
context = SimpleNamespace(
    function_name="invocation",
    aws_request_id="8476a536-e9f4-11e8-9739-2dfe598c3fcd",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function:1",
    client_context=None,
    identity=None,
    tenant_id=None,
)
event = {
    "DurableExecutionArn": context.invoked_function_arn + "/durable-execution/first/0",
    "CheckpointToken": "token",
    "InitialExecutionState": {
        "Operations": [
            {
                "Id": "0",
                "Type": "EXECUTION",
                "Status": "STARTED",
                "StartTimestamp": 1764547200000,
                "ExecutionDetails": {"InputPayload": "{}"},
            }
        ],
        "NextMarker": "",
    },
}


def invoke(name):
    os.environ["_HANDLER"] = "functions." + name
    AwsLambdaInstrumentor().instrument()
    answer = getattr(functions, name)(event, context)
    AwsLambdaInstrumentor().uninstrument()
    made = {span.name: span for span in spans.get_finished_spans()}
    spans.clear()
    outer, inner = made["invocation"], made["work"]
    child = inner.parent is not None and inner.parent.span_id == outer.context.span_id
    same = inner.context.trace_id == outer.context.trace_id
    print(f"{name}: answer {json.dumps(answer)}, child of the invocation {child}, in its trace {same}")
    return child, same


for name in ("aws-durable-execution-sdk-python", "opentelemetry-instrumentation-aws-lambda", "opentelemetry-sdk"):
    print(name, version(name))
seen = invoke("plain"), invoke("durable")
if seen != ((True, True), (False, False)):
    sys.exit(f"changed: {seen}")
PYTHON
cd "$folder"
venv/bin/python finding.py

#!/bin/bash
# The Lambda flush timeout of OpenTelemetry's Python instrumentation (0.66b1) bounds nothing: the batch processor ignores it.
# Expected: OTEL_INSTRUMENTATION_AWS_LAMBDA_FLUSH_TIMEOUT (milliseconds, 30000 if unset) limits how long the response waits for the spans
# ("Trace SDK", OpenTelemetry specification, ForceFlush: "SHOULD complete or abort within some timeout").
# Happens: the instrumentation hands the number to force_flush, the SDK's BatchSpanProcessor (1.45.1) takes it and exports to the end all
# the same, in the calling thread. With a limit of 100 ms and an exporter that needs 3 s, the handler's answer comes after 3 s.
# Matters: an extension that collects spans and answers the exporter late holds the caller's response, up to the exporter's own limits and
# retries or the function's timeout; it must answer at once and do the work afterwards.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-instrumentation-aws-lambda==0.66b1 \
  opentelemetry-instrumentation==0.66b1 opentelemetry-semantic-conventions==0.66b1 opentelemetry-api==1.45.1 opentelemetry-sdk==1.45.1 \
  opentelemetry-propagator-aws-xray==1.0.2 wrapt==2.5.2

cat >"$folder/function.py" <<'PYTHON'
def handler(event, context):
    return "done"
PYTHON
cat >"$folder/finding.py" <<'PYTHON'
import os
import sys
import threading
import time
from importlib.metadata import version
from types import SimpleNamespace

os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "function"
os.environ["_HANDLER"] = "function.handler"
os.environ["OTEL_INSTRUMENTATION_AWS_LAMBDA_FLUSH_TIMEOUT"] = "100"

import function
from opentelemetry.instrumentation.aws_lambda import AwsLambdaInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

exported = threading.Event()


class SlowExporter(SpanExporter):
    def export(self, spans):
        time.sleep(3)
        exported.set()
        return SpanExportResult.SUCCESS

    def shutdown(self):
        pass


spans = TracerProvider()
spans.add_span_processor(BatchSpanProcessor(SlowExporter()))
AwsLambdaInstrumentor().instrument(tracer_provider=spans)
context = SimpleNamespace(
    function_name="function",
    aws_request_id="8476a536-e9f4-11e8-9739-2dfe598c3fcd",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:function",
)
for name in ("opentelemetry-instrumentation-aws-lambda", "opentelemetry-sdk"):
    print(name, version(name))
start = time.monotonic()
answer = function.handler({}, context)
seconds = time.monotonic() - start
print(f"limit 0.1 s, exporter 3 s: {answer!r} after {seconds:.1f} s")
if not exported.is_set() or seconds < 3:
    sys.exit("changed: the answer did not wait for the export")
PYTHON
cd "$folder"
venv/bin/python finding.py

#!/usr/bin/env python3
"""A function whose work goes on after its response, by two requests to the extension and no SDK."""
import http.client, json, os, time
from concurrent.futures import ThreadPoolExecutor

lambda_api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
extension = http.client.HTTPConnection(os.environ.get("POSTINVOKE_ADDRESS", "127.0.0.1:1339"))


def call(connection, method, path, body=None):
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer, answer.read()


def after_response():
    print("work begins", flush=True)
    time.sleep(0.2)
    print("work ends", flush=True)
    call(extension, "POST", "/done")


# Once: from now on invocations are held until /done.
call(extension, "GET", "/check")
# One, since the connection is its alone.
worker = ThreadPoolExecutor(max_workers=1)
while True:
    head, event = call(lambda_api, "GET", "/2018-06-01/runtime/invocation/next")
    print("handler", json.loads(event), flush=True)
    request_id = head.headers["Lambda-Runtime-Aws-Request-Id"]
    call(lambda_api, "POST", f"/2018-06-01/runtime/invocation/{request_id}/response", event)
    # Another thread, while this one asks for the next event: the extension alone keeps the environment awake.
    worker.submit(after_response).add_done_callback(lambda work: work.result())

#!/usr/bin/env python3
"""A Lambda function without an SDK: the local protocol of the extension is two requests.

The loop at the end is what Lambda's own Python runtime does. It asks for the next event while the work goes on in a
thread; the extension holds the invocation open meanwhile. The two requests marked with * are all there is to it.
"""
import http.client
import os
import time
from concurrent.futures import ThreadPoolExecutor

NEXT = "/2018-06-01/runtime/invocation/next"
RESPONSE = "/2018-06-01/runtime/invocation/{}/response"


def call(connection, method, path, body=None, headers={}):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    body = response.read()
    if response.status >= 300:
        raise SystemExit(f"{method} {path} was answered {response.status}")
    return response.headers, body


def handle(event):
    return b'{"size":%d}' % len(event)


def after_response(request_id):
    try:
        time.sleep(0.2)
        print("after the response of", request_id, flush=True)
    finally:
        call(extension, "POST", "/done", headers={"Lambda-Runtime-Aws-Request-Id": request_id})  # *


api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
# This connection stays open: when it closes, the extension knows that the function is gone.
addresses = os.environ.get("POSTINVOKE_ADDRESS", "127.0.0.1:1339").split(",")
extension = http.client.HTTPConnection(next(address for address in addresses if not address.startswith("unix:")))
call(extension, "GET", "/check", headers={"Postinvoke-Session": str(os.getpid())})  # *

worker = ThreadPoolExecutor(max_workers=1)
while True:
    headers, event = call(api, "GET", NEXT)
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    call(api, "POST", RESPONSE.format(request_id), handle(event))
    worker.submit(after_response, request_id)

#!/bin/bash
# aiohttp 3.14.5 reads an extension's INVOKE events as JSON, and raises ContentTypeError at the SHUTDOWN event.
# Expected: both kinds of event are JSON ("Using the Lambda Extensions API to create extensions", Next), so that one
# `await response.json()` in the loop serves both.
# Happens: Lambda's own emulator (RIE) answers Next with application/json for INVOKE, but sends SHUTDOWN as text/plain. aiohttp's json()
# compares the type before it parses and raises; requests, httpx and urllib3's json() do not check it, and return the event.
# Matters: an extension written with aiohttp handles every event but the last, at which it dies instead of flushing. Read JSON with
# `json(content_type=None)`; a local emulator that sends application/json for SHUTDOWN hides the fault.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiohttp==3.14.5 httpx==0.28.1 requests==2.34.2 urllib3==2.8.0

cat >"$folder/finding.py" <<'PYTHON'
import asyncio
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import aiohttp
import httpx
import requests
import urllib3

invoke = b'{"eventType":"INVOKE","deadlineMs":4102444800000,"requestId":"8476a536-e9f4-11e8-9739-2dfe598c3fcd"}'
shutdown = b'{"eventType":"SHUTDOWN","deadlineMs":4102444800000,"shutdownReason":"spindown"}'
events = [("application/json", invoke), ("text/plain; charset=utf-8", shutdown)]
given = 0


class ExtensionsAPI(BaseHTTPRequestHandler):
    def do_GET(self):
        global given
        content_type, event = events[given % 2]
        given += 1
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def log_message(self, *_):
        pass


api = ThreadingHTTPServer(("127.0.0.1", 0), ExtensionsAPI)
threading.Thread(target=api.serve_forever, daemon=True).start()
url = "http://127.0.0.1:%d/2020-01-01/extension/event/next" % api.server_port


async def with_aiohttp():
    seen = []
    async with aiohttp.ClientSession() as session:
        for _ in events:
            async with session.get(url) as response:
                try:
                    seen.append((await response.json())["eventType"])
                except aiohttp.ContentTypeError as error:
                    seen.append(f"ContentTypeError: {error.message}")
    return seen


seen = {"aiohttp": asyncio.run(with_aiohttp())}
plain = {
    "httpx": lambda: httpx.get(url, trust_env=False).json(),
    "requests": lambda: requests.get(url, proxies={"http": ""}).json(),
    "urllib3": lambda: urllib3.request("GET", url).json(),
}
for name, get in plain.items():
    seen[name] = [get()["eventType"] for _ in events]
for name, result in seen.items():
    print(name, version(name), result)
if seen["aiohttp"][0] != "INVOKE" or not seen["aiohttp"][1].startswith("ContentTypeError"):
    sys.exit("changed: aiohttp")
if any(seen[name] != ["INVOKE", "SHUTDOWN"] for name in plain):
    sys.exit("changed: another client")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

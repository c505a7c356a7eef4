#!/bin/bash
# mangum 0.22.0 raises ValueError for every request whose Host is an IPv6 address, before the application is called.
# Expected: a Host field as RFC 9110, 7.2 has it: uri-host with an optional port, and an IPv6 address stands in brackets (RFC 3986, 3.2.2).
# So does every client write it that was given http://[::1]:3000/.
# Happens: mangum splits the field at each colon and unpacks two pieces; the ASGI scope is never made. A name or an IPv4 address with a port
# passes, and AWS itself never sends an IPv6 address there, so that production does not show it.
# Matters: a local emulator of function URLs or HTTP APIs that listens on ::1, or that puts its own address into Host, gets an error from
# mangum functions for what it takes from the client unchanged; listen on 127.0.0.1 too, or write a name into the event.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mangum==0.22.0 typing_extensions==4.16.0

cat >"$folder/finding.py" <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version

from mangum import Mangum


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": repr(scope["server"]).encode()})


def invoke(host):
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": host},
        "requestContext": {
            "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "::1", "userAgent": "none"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    try:
        return Mangum(application, lifespan="off")(event, None)["body"]
    except ValueError as error:
        return f"ValueError: {error}"


asyncio.set_event_loop(asyncio.new_event_loop())
print("mangum", version("mangum"))
seen = {host: invoke(host) for host in ("localhost:3000", "127.0.0.1:3000", "[::1]:3000", "[::1]")}
for host, result in seen.items():
    print(f"{host}: {result}")
if seen["localhost:3000"] != "('localhost', 3000)" or seen["127.0.0.1:3000"] != "('127.0.0.1', 3000)":
    sys.exit("changed: a host that passed")
if not all(seen[host].startswith("ValueError") for host in ("[::1]:3000", "[::1]")):
    sys.exit("changed: an IPv6 host passes")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

#!/bin/bash
# mangum 0.22.0, apig-wsgi 2.20.0 and serverless-wsgi 3.1.0 put repeated headers into payload format 2.0 in three ways, one loses some.
# Expected: two Set-Cookie fields in "cookies", other repeated fields as one, joined by commas ("Create AWS Lambda proxy integrations for
# HTTP APIs in API Gateway", formats of the response and of duplicate headers; RFC 9110, 5.3).
# Happens: of two Link fields and two cookies mangum joins and lists as expected; apig-wsgi lists the cookies, but of the Link fields only
# the last is left; serverless-wsgi has no "cookies": it writes every field once for each value, under names that differ in their case
# only (link, Link, set-cookie, Set-cookie), its way around format 1.0 without multiValueHeaders.
# Matters: an emulator of function URLs or HTTP APIs must not take "headers" for a map that ignores case, nor Set-Cookie for something that
# only "cookies" brings, or it shows one cookie of two; and a missing field may be the adapter's doing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mangum==0.22.0 typing_extensions==4.16.0 apig-wsgi==2.20.0 \
  serverless-wsgi==3.1.0 Werkzeug==3.1.9 MarkupSafe==3.0.4

cat >"$folder/finding.py" <<'PYTHON'
import asyncio
import json
import sys
from importlib.metadata import version

import serverless_wsgi
from apig_wsgi import make_lambda_handler
from mangum import Mangum

fields = [("link", "</a>; rel=prev"), ("link", "</b>; rel=next"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]
event = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {"host": "example.com"},
    "requestContext": {
        "domainName": "example.com",
        "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "none"},
        "stage": "$default",
    },
    "isBase64Encoded": False,
}


def wsgi(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain"), *fields])
    return [b"hello"]


async def asgi(scope, receive, send):
    headers = [(name.encode(), value.encode()) for name, value in [("content-type", "text/plain"), *fields]]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


asyncio.set_event_loop(asyncio.new_event_loop())
responses = {
    "mangum": Mangum(asgi, lifespan="off")(event, None),
    "apig-wsgi": make_lambda_handler(wsgi)(event, None),
    "serverless-wsgi": serverless_wsgi.handle_request(wsgi, event, None),
}
seen = {}
for name, response in responses.items():
    headers = {key: value for key, value in response["headers"].items() if key.lower() in ("link", "set-cookie")}
    seen[name] = (headers, response.get("cookies"))
    print(name, version(name), json.dumps({"headers": headers, "cookies": response.get("cookies")}))

cookies = ["a=1", "b=2"]
if seen["mangum"] != ({"link": "</a>; rel=prev,</b>; rel=next"}, cookies):
    sys.exit("changed: mangum")
if seen["apig-wsgi"] != ({"link": "</b>; rel=next"}, cookies):
    sys.exit("changed: apig-wsgi")
headers, listed = seen["serverless-wsgi"]
if listed is not None or sorted(headers.values()) != sorted(value for _, value in fields):
    sys.exit("changed: serverless-wsgi")
if sorted(map(str.lower, headers)) != ["link", "link", "set-cookie", "set-cookie"]:
    sys.exit("changed: the names of serverless-wsgi")
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

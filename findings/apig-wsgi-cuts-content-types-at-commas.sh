#!/bin/bash
# apig-wsgi 2.20.0 cuts the request's Content-Type at its last comma in payload format 2.0, so that a form may arrive without its fields.
# Expected: CONTENT_TYPE is the field as it was sent. A comma is allowed in a multipart boundary (RFC 2046, 5.1.1, bchars) when the
# parameter is quoted (RFC 2045, 5.1), and in any other quoted parameter (RFC 9110, 5.6.4).
# Happens: the adapter takes the text behind the last comma, to allow for repeated fields, which format 2.0 joins by commas ("Create
# AWS Lambda proxy integrations for HTTP APIs in API Gateway"). Of multipart/form-data; boundary="a,b" b" is left; format 1.0 is not cut.
# Matters: an emulator that speaks format 2.0 sees uploads fail that work with format 1.0 and in production with other adapters, and looks
# for the fault in its own bodies; X-Forwarded-Proto, -Port and Host are cut likewise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apig-wsgi==2.20.0 Werkzeug==3.1.9 MarkupSafe==3.0.4

cat >"$folder/finding.py" <<'PYTHON'
import json
import sys
from importlib.metadata import version

from apig_wsgi import make_lambda_handler
from werkzeug.wrappers import Request

content_type = 'multipart/form-data; boundary="a,b"'
body = '--a,b\r\nContent-Disposition: form-data; name="order"\r\n\r\n42\r\n--a,b--\r\n'


def application(environ, start_response):
    seen = {"type": environ["CONTENT_TYPE"], "form": dict(Request(environ).form)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


events = {
    "1.0": {
        "version": "1.0",
        "httpMethod": "POST",
        "path": "/",
        "headers": {"Content-Type": content_type},
        "multiValueHeaders": {"Content-Type": [content_type]},
        "body": body,
        "isBase64Encoded": False,
    },
    "2.0": {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": content_type},
        "requestContext": {"http": {"method": "POST", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    },
}
print("apig-wsgi", version("apig-wsgi"), "with Werkzeug", version("Werkzeug"))
seen = {}
for form, event in events.items():
    seen[form] = json.loads(make_lambda_handler(application)(event, None)["body"])
    print(form, seen[form])
if seen != {"1.0": {"type": content_type, "form": {"order": "42"}}, "2.0": {"type": 'b"', "form": {}}}:
    sys.exit("changed: " + json.dumps(seen))
PYTHON
"$folder/venv/bin/python" "$folder/finding.py"

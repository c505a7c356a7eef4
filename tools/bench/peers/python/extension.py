"""The extension as one would write it in Python: http.server and http.client of the standard library, and no policy."""

import http.client
import http.server
import os
import socket
import threading


def port(variable):
    return int(os.environ[variable].rsplit(":", 1)[1])


done = threading.Semaphore(0)


class Local(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self):
        self.send_response(200)
        if self.path == "/check":
            self.send_header("Postinvoke-Mode", "hold")
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        if self.path == "/done":
            done.release()

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port("POSTINVOKE_ADDRESS")), Local)
threading.Thread(target=server.serve_forever, daemon=True).start()

api = http.client.HTTPConnection("127.0.0.1", port("AWS_LAMBDA_RUNTIME_API"))
api.connect()
api.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
api.request(
    "POST",
    "/2020-01-01/extension/register",
    '{"events":["INVOKE","SHUTDOWN"]}',
    {"Lambda-Extension-Name": "extension.py"},
)
registered = api.getresponse()
registered.read()
identifier = registered.getheader("Lambda-Extension-Identifier")
while True:
    api.request("GET", "/2020-01-01/extension/event/next", headers={"Lambda-Extension-Identifier": identifier})
    api.getresponse().read()
    done.acquire()

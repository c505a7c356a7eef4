#!/usr/bin/env python3
"""An HTTP server that has a value for every path, a new one each time, and holds /secrets/slow until GET /release."""
import http.server, socketserver, threading

asked, lock, released = {}, threading.Lock(), threading.Event()


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/release": released.set()
        with lock:
            asked[self.path] = asked.get(self.path, 0) + 1
            number = asked[self.path]
            print("asked", self.path, number, flush=True)
        if self.path == "/secrets/slow": released.wait()
        body = f"value {number}".encode()
        if self.path.startswith("/secrets/size-"): body = body.ljust(int(self.path.split("-")[-1]))
        self.send_response(404 if self.path == "/secrets/none" else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_): pass


# Not an HTTPServer, which asks DNS for its own name.
server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Origin)
print("listening at", server.server_address[1], flush=True)
server.serve_forever()

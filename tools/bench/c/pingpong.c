// The physical limit of a round trip here: one connection, a blocking read, a write of the same 38 bytes as the extension's
// answer to /done, and nothing else. There is no epoll, no API and no Next.
//
// usage: pingpong    (POSTINVOKE_ADDRESS=127.0.0.1:PORT or unix:@NAME)
#include "extension.h"

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

int main(void) {
  static char bytes[4096];
  int listener = listen_locally();
  for (;;) {
    int peer = accept_connection(listener);
    while (read(peer, bytes, sizeof bytes) > 0) send_all(peer, answer, sizeof answer - 1);
    close(peer);
  }
}

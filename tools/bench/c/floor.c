// The floor: an extension with nothing in it. It registers, waits in epoll, answers every request that begins with P as a
// /done (200, then Next) and every other with 200, and looks at no further byte. A cycle makes the same six system calls
// as the real one: wait, read INVOKE, wait, read /done, write 200, write Next. What the real extension takes longer, it
// takes for parsing, for its policy and for being general.
//
// usage: floor    (AWS_LAMBDA_RUNTIME_API=127.0.0.1:PORT, POSTINVOKE_ADDRESS=127.0.0.1:PORT or unix:@NAME)
#include "extension.h"

#include <sys/epoll.h>

static const char done_answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
static const char check_answer[] = "HTTP/1.1 200 OK\r\nPostinvoke-Mode: hold\r\nContent-Length: 0\r\n\r\n";

enum { connections = 64 };

static void watch(int poller, int descriptor) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
  must(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

int main(void) {
  static char bytes[4096];
  int listener = listen_locally();
  int api = connect_to_api();
  char next[256];
  int next_length = register_extension(api, next, sizeof next);

  int poller = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  watch(poller, listener);
  watch(poller, api);
  send_all(api, next, next_length);

  for (;;) {
    struct epoll_event events[connections];
    int count = epoll_wait(poller, events, connections, -1);
    for (int index = 0; index < count; index++) {
      int ready = events[index].data.fd;
      if (ready == listener) {
        watch(poller, accept_connection(listener));
        continue;
      }
      ssize_t length = read(ready, bytes, sizeof bytes);
      if (length <= 0) {
        if (ready == api) return 1;
        close(ready);
      } else if (ready != api) {
        if (bytes[0] == 'P') {
          send_all(ready, done_answer, sizeof done_answer - 1);
          send_all(api, next, next_length);
        } else {
          send_all(ready, check_answer, sizeof check_answer - 1);
        }
      }
    }
  }
}

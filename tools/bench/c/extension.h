// Code that the C peers share: their two addresses, and registering.
#ifndef EXTENSION_H
#define EXTENSION_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int must(int value, const char *call) {
  if (value < 0) {
    perror(call);
    exit(1);
  }
  return value;
}

static const char *setting(const char *name) {
  const char *value = getenv(name);
  if (!value) {
    fprintf(stderr, "%s is not set\n", name);
    exit(78);
  }
  return value;
}

static struct sockaddr_in loopback(const char *address) {
  const char *colon = strrchr(address, ':');
  struct sockaddr_in result = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  result.sin_port = htons((unsigned short)atoi(colon ? colon + 1 : address));
  return result;
}

static int tcp_socket(void) {
  int one = 1, number = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return number;
}

// A listener at POSTINVOKE_ADDRESS: 127.0.0.1:PORT, or unix:@NAME for an abstract Unix socket.
static inline int listen_locally(void) {
  const char *address = setting("POSTINVOKE_ADDRESS");
  int number, one = 1;
  if (strncmp(address, "unix:@", 6) == 0) {
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    size_t length = strnlen(address + 6, sizeof local.sun_path - 2);
    memcpy(local.sun_path + 1, address + 6, length);
    number = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    length += offsetof(struct sockaddr_un, sun_path) + 1;
    must(bind(number, (struct sockaddr *)&local, (socklen_t)length), "bind");
  } else {
    struct sockaddr_in local = loopback(address);
    number = tcp_socket();
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    must(bind(number, (struct sockaddr *)&local, sizeof local), "bind");
  }
  must(listen(number, 128), "listen");
  return number;
}

// Accepted TCP sockets inherit TCP_NODELAY from their listener.
static inline int accept_connection(int listener) {
  return must(accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4");
}

static inline void send_all(int number, const char *bytes, size_t length) {
  if (send(number, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) exit(1);
}

static inline int connect_to_api(void) {
  struct sockaddr_in api = loopback(setting("AWS_LAMBDA_RUNTIME_API"));
  int number = tcp_socket();
  must(connect(number, (struct sockaddr *)&api, sizeof api), "connect");
  return number;
}

// Registers over an open connection and writes the request for Next into `next`; returns its length.
static inline int register_extension(int api, char *next, size_t room) {
  static const char events[] = "{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}";
  char bytes[2048], identifier[64] = "";
  const char *host = setting("AWS_LAMBDA_RUNTIME_API");
  int length = snprintf(
      bytes, sizeof bytes,
      "POST /2020-01-01/extension/register HTTP/1.1\r\nHost: %s\r\nLambda-Extension-Name: postinvoke\r\n"
      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
      host, sizeof events - 1, events);
  send_all(api, bytes, (size_t)length);
  length = must((int)read(api, bytes, sizeof bytes - 1), "read");
  bytes[length] = 0;
  const char *field = strcasestr(bytes, "Lambda-Extension-Identifier: ");
  if (!field || sscanf(field + 29, "%63[^\r]", identifier) != 1) exit(1);
  return snprintf(
      next, room, "GET /2020-01-01/extension/event/next HTTP/1.1\r\nHost: %s\r\nLambda-Extension-Identifier: %s\r\n\r\n",
      host, identifier);
}

#endif

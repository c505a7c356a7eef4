"""Runs the library's benchmarks and prints their tables; `run` builds what they need and calls this."""
import argparse
import json
import os
import pathlib
import platform
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

import picture

HERE = pathlib.Path(__file__).resolve().parent
HEADS = HERE / "heads.txt"


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def ratio_text(ratios):
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def output(command, **keywords):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120, **keywords).stdout


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *map(str, command)]


# The parser.


def heads():
    """Name, kind, bytes and field lines of every head of the table."""
    table, lines = [], []
    for line in HEADS.read_text().split("\n")[:-1]:
        if line.startswith("== "):
            _, kind, name = line.split()
            lines = []
            table.append((name, kind, lines))
        else:
            lines.append(line)
    return [(name, kind, sum(len(line) + 2 for line in lines), len(lines) - 2) for name, kind, lines in table]


def times(program, cpu):
    return {name: float(value) for name, value in map(str.split, output(pinned(cpu, [program, HEADS])).splitlines())}


def instructions(program, names, rounds=200):
    """Instructions for each head, counted by callgrind: the same in every run."""
    with tempfile.TemporaryDirectory() as folder:
        # valgrind 3.19 gives up on the debug information that newer compilers write.
        output(["strip", "-g", "-o", f"{folder}/program", program])
        output(["valgrind", "--tool=callgrind", "--dump-before=*markPart*",
                f"--callgrind-out-file={folder}/part", f"{folder}/program", HEADS, str(rounds)])
        counts = {}
        for index, name in enumerate(names):
            part = pathlib.Path(folder, f"part.{2 * index + 2}").read_text()
            total = next(line for line in part.splitlines() if line.startswith("totals:"))
            counts[name] = round(int(total.split()[1]) / rounds)
        return counts


def measure_heads(options):
    own, peer = options.programs / "parse-heads", options.peers / "nio-parse-heads"
    table = heads()
    requests = [name for name, kind, _, _ in table if kind == "request"]
    runs = [(times(own, options.cpu), times(peer, options.cpu)) for _ in range(2 if options.quick else 5)]
    counted = {}, {}
    if not options.quick:
        counted = instructions(own, [name for name, *_ in table]), instructions(peer, requests)
    rows = []
    for name, kind, size, fields in table:
        row = {"head": name, "kind": kind, "bytes": size, "fields": fields,
               "ns": median([run[0][name] for run in runs]), "instructions": counted[0].get(name)}
        row["bytes_per_second"] = size / row["ns"] * 1e9
        if kind == "request":
            row["nio_ns"] = median([run[1][name] for run in runs])
            row["nio_instructions"] = counted[1].get(name)
            row["ratios"] = [run[1][name] / run[0][name] for run in runs]
        rows.append(row)
    return rows


def heads_table(rows):
    lines = ["| head | bytes | fields | ns | ns a field | GB/s | instructions | SwiftNIO ns | instructions | times |",
             "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        nio = row.get("nio_ns")
        lines.append("| {} {} | {} | {} | {:.0f} | {:.1f} | {:.2f} | {} | {} | {} | {} |".format(
            row["kind"], row["head"], row["bytes"], row["fields"], row["ns"], row["ns"] / row["fields"],
            row["bytes_per_second"] / 1e9, row["instructions"] or "", f"{nio:.0f}" if nio else "",
            row.get("nio_instructions") or "", ratio_text(row["ratios"]) if nio else ""))
    return "\n".join(lines)


# The server.


class Server:
    """A server as a process of its own, on a core of its own."""

    def __init__(self, name, command, cpu, port=None):
        self.name = name
        self.process = subprocess.Popen(pinned(cpu, command), stdout=subprocess.PIPE, text=True)
        self.port = port or int(self.process.stdout.readline())

    def worker(self):
        """The process that serves: nginx's is the child of the one that was started."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.worker()}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


NGINX = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ default_type text/plain; return 200 "ok"; }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nginx(options, folder):
    port = free_port()
    configuration = pathlib.Path(folder, "nginx.conf")
    configuration.write_text(NGINX.format(folder=folder, port=port))
    server = Server("nginx", [options.nginx, "-p", folder, "-c", configuration, "-e", f"{folder}/errors"],
                    options.cpu, port)
    deadline = time.monotonic() + 10
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.01)
    server.process.kill()
    sys.exit("nginx does not come up: " + pathlib.Path(folder, "errors").read_text())


def wrk(server, connections, pipelined, seconds, cpu):
    """Requests a second, and the server's CPU time for one in microseconds."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{server.port}/"]
    if pipelined:
        command += ["-s", HERE / "pipeline.lua"]
    before = server.cpu_seconds()
    text = output(pinned(cpu, command))
    spent = server.cpu_seconds() - before
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"{server.name}: {text}")
    served = int(next(line.split()[0] for line in text.splitlines() if "requests in" in line))
    rate = float(next(line.split()[1] for line in text.splitlines() if line.startswith("Requests/sec")))
    return rate, spent / served * 1e6


def measure_server(options):
    loads = [(64, False), (64, True)] if options.quick else [
        (connections, pipelined) for pipelined in (False, True) for connections in (1, 64, 1_000)]
    repeats = 2 if options.quick else 5
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        try:
            servers.append(Server("postinvoke", [options.programs / "serve"], options.cpu))
            servers.append(Server("SwiftNIO", [options.peers / "nio-serve"], options.cpu))
            if options.nginx:
                servers.append(start_nginx(options, folder))
            rows = []
            for connections, pipelined in loads:
                runs = {server.name: [] for server in servers}
                for turn in range(repeats):
                    # Whoever comes first alternates.
                    for server in servers if turn % 2 == 0 else reversed(servers):
                        runs[server.name].append(wrk(server, connections, pipelined, 1, options.other_cpu))
                    options.progress(f"{connections} connections{', pipelined' if pipelined else ''}")
                rows.append({"connections": connections, "pipelined": pipelined, "runs": runs})
        finally:
            for server in servers:
                server.stop()
    return rows


def server_table(rows):
    names = list(rows[0]["runs"])
    peers = names[1:]
    lines = ["| connections | pipelined | " + " | ".join(f"{name}, requests/s (CPU µs each)" for name in names) + " | "
             + " | ".join(f"to {peer} (CPU)" for peer in peers) + " |",
             "|--:|---|" + "--:|" * (len(names) + len(peers))]
    for row in rows:
        cells = [str(row["connections"]), "16 at once" if row["pipelined"] else "no"]
        for name in names:
            cells.append("{:,.0f} ({:.2f})".format(*(median(values) for values in zip(*row["runs"][name]))))
        for peer in peers:
            pairs = list(zip(row["runs"][names[0]], row["runs"][peer]))
            cells.append("{} ({:.2f})".format(ratio_text([own[0] / other[0] for own, other in pairs]),
                                              median([own[1] / other[1] for own, other in pairs])))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


# Idle connections and timers.


def resident(server):
    return int(pathlib.Path(f"/proc/{server.worker()}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measure_idle(options):
    rows = []
    # Both ends of the connections are on this machine, in two processes: each needs one descriptor for each.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100
    for count in [10, 1_000] if options.quick else [10, 100, 1_000, 10_000]:
        if count > most:
            print(f"{count} idle connections are left out: the limit of open files is {most + 100}", file=sys.stderr)
            continue
        busy, quiet = (Server(name, [options.programs / "serve"], options.cpu) for name in ("busy", "quiet"))
        try:
            before = resident(busy)
            # On the server's own core: waking another one would cost more than all that is measured.
            lines = output(pinned(options.cpu, [options.programs / "idle", busy.port, quiet.port, count,
                                                3 if options.quick else 9, 2_000 if options.quick else 6_000])).splitlines()
            rows.append({"idle": count, "ratios": [float(line.split()[1]) for line in lines if line.startswith("ratio")],
                         **{line.split()[0]: float(line.split()[1]) for line in lines if not line.startswith("ratio")},
                         "resident_bytes": (resident(busy) - before) / count})
        finally:
            busy.stop()
            quiet.stop()
        options.progress(f"{count} idle connections")
    return rows


def idle_table(rows):
    lines = ["| idle connections | round trip, µs | to a server with none | bytes of memory for each |", "|--:|--:|--:|--:|"]
    for row in rows:
        lines.append(f"| {row['idle']:,} | {row['busy'] / 1e3:.2f} | {ratio_text(row['ratios'])} | {row['bytes']:.0f} |")
    return "\n".join(lines)


def measure_timers(options):
    lines = output(pinned(options.cpu, [options.programs / "timers", 100_000 if options.quick else 1_000_000]))
    return [dict(zip(("count", "arm", "cancel", "move"), map(float, line.split()))) for line in lines.splitlines()]


def timers_table(rows):
    lines = ["| armed timers | arm, ns | cancel, ns | move, ns |", "|--:|--:|--:|--:|"]
    for row in rows:
        lines.append(f"| {row['count']:,.0f} | {row['arm']:.0f} | {row['cancel']:.0f} | {row['move']:.0f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--nginx", default="")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=["heads", "server", "idle", "timers"])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    cpus = sorted(os.sched_getaffinity(0))
    options.cpu, options.other_cpu = cpus[-1], cpus[0]
    if len(cpus) == 1:
        print("one core only: wrk and the server share it", file=sys.stderr)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

    start = time.monotonic()

    def progress(text):
        if sys.stderr.isatty():
            print(f"\r\033[K{time.monotonic() - start:5.0f} s  {text}", end="", file=sys.stderr, flush=True)

    options.progress = progress
    parts = {"heads": ("Heads", measure_heads, heads_table), "server": ("A fixed 200", measure_server, server_table),
             "idle": ("Idle connections", measure_idle, idle_table), "timers": ("Timers", measure_timers, timers_table)}
    report, text = {"machine": f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}"}, []
    for name, (title, measure, table) in parts.items():
        if options.only in (None, name):
            progress(title)
            report[name] = measure(options)
            text.append(f"## {title}\n\n{table(report[name])}\n")
    report["load"] = os.getloadavg()[0]
    progress("")
    print("\n".join(text))
    print(f"{time.monotonic() - start:.0f} s, {report['machine']}, load {report['load']:.1f}")
    (options.out / "library.json").write_text(json.dumps(report, indent=1))
    (options.out / "library.md").write_text("\n".join(text))
    if "heads" in report:
        (options.out / "heads.svg").write_text(picture.heads(report["heads"]))
    if "server" in report:
        (options.out / "server.svg").write_text(picture.server(report["server"], median))


main()

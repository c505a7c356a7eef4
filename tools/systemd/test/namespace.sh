# Sourced by run: a systemd as the first process of namespaces of its own. Needs bash and root.

outer= first= group= folder=

# cgroup_root: where the kernel's cgroup version 2 is mounted.
cgroup_root() { findmnt -n -t cgroup2 -o TARGET | head -n 1; }

# why_not: says what keeps this machine from it; nothing if nothing does.
why_not() {
  [ "$(id -u)" = 0 ] || { echo "needs root"; return; }
  local groups
  groups=$(cgroup_root)
  [ -n "$groups" ] || { echo "no cgroup version 2 is mounted"; return; }
  { mkdir "$groups/postinvoke-probe-$$" && rmdir "$groups/postinvoke-probe-$$"; } 2>/dev/null ||
    { echo "no cgroup can be made"; return; }
  # The mounts are made in the new namespace alone.
  unshare --mount --pid --fork --kill-child --cgroup --ipc --uts --net sh -c \
    'mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/r &&
     mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r' >/dev/null 2>&1 ||
    echo "namespaces with an overlay of the root are not permitted"
}

# up FOLDER TREE UNITS: boots; FOLDER gets systemd's own output. Call `down` in any case.
up() {
  folder=$1
  mkdir -p "$folder/stage"
  group=$(cgroup_root)/postinvoke-ci-$$
  mkdir "$group"
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --cgroup --ipc --uts --net "$here/boot" "$folder/stage" "$2" "$3" \
      /lib/systemd/systemd --system --unit=ci.target --log-target=journal-or-kmsg --show-status=0
  ) >"$folder/systemd.log" 2>&1 &
  outer=$!
  await "systemd's own socket" is_up
  await "systemd's end of booting" is_booted
}

is_up() {
  first=$(tr -d ' ' <"/proc/$outer/task/$outer/children" 2>/dev/null) || return 1
  [ -n "$first" ] && [ "$(cat "/proc/$first/comm" 2>/dev/null)" = systemd ] && [ -S "/proc/$first/root/run/systemd/private" ]
}

is_booted() {
  case $(ns systemctl is-system-running 2>/dev/null) in running | degraded) ;; *) return 1 ;; esac
}

# down: the first process's end is the end of all of them; the recorded pid is the only one that is told.
down() {
  [ -n "$outer" ] || return 0
  [ -z "$first" ] || kill -9 "$first" 2>/dev/null || true
  wait "$outer" 2>/dev/null || true
  local deadline=$((SECONDS + 10))
  until ! [ -d "$group" ] || find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || { echo "cgroup $group stays behind" >&2; break; }
  done
}

# ns COMMAND...: runs a command beside systemd.
ns() { timeout "${limit-300}" nsenter -t "$first" -m -p -C -i -u -n -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }

# await WHAT COMMAND...: until the command succeeds; fails after five minutes. Nobody tells a shell of a unit's new state, so
# it is looked at again and again.
await() {
  local what=$1 deadline=$((SECONDS + ${limit-300}))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || { fail "waited in vain for $what"; }
    sleep 0.02
  done
}

# Sourced by the scripts of this project: named steps with their times, and Debian packages installed where that is
# possible. Needs bash.

# step NAME COMMAND...: runs a command and says how long it took. On a terminal its output passes by; elsewhere it is
# kept quiet and shown whole if the command fails.
step() {
  local name=$1 start=$EPOCHREALTIME log status=0
  shift
  printf '==> %s\n' "$name"
  if [ -t 1 ]; then
    "$@" || status=$?
  else
    log=$(mktemp)
    "$@" >"$log" 2>&1 || status=$?
    [ "$status" = 0 ] || cat "$log"
    rm -f "$log"
  fi
  if [ "$status" != 0 ]; then
    printf '==> %s: failed (exit code %s)\n' "$name" "$status" >&2
    exit "$status"
  fi
  printf '    %s s\n' "$(seconds_since "$start")"
}

# seconds_since EPOCHREALTIME: with one decimal.
seconds_since() {
  local tenths=$(((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# need_swift: says clearly what is missing.
need_swift() {
  if ! command -v swift >/dev/null; then
    echo "Swift is not installed: see https://www.swift.org/install/linux (6.3 or later is needed)" >&2
    exit 1
  fi
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  if [ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" != 6.3 ]; then
    echo "Swift 6.3 or later is needed; this is ${version:-an unknown version}" >&2
    exit 1
  fi
}

# install_packages COMMAND:PACKAGE...: installs the Debian package of every command that is missing, or says what to do.
# Returns 1 when something is still missing.
install_packages() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} = 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null && sudo=(sudo -n) || {
      echo "missing packages; install them with: sudo apt-get install ${missing[*]}" >&2
      return 1
    }
  fi
  if ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]} (Debian's package names)" >&2
    return 1
  fi
  echo "==> Installing ${missing[*]}"
  { "${sudo[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >/dev/null || { echo "could not install: ${missing[*]}" >&2; return 1; }
}

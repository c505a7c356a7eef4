# Sourced by the scripts of this project: named steps with their times, and Debian packages installed where that is
# possible; --help by tools/shared/usage.sh. Needs bash.
. "$(dirname "${BASH_SOURCE[0]}")/../shared/usage.sh"

# step NAME COMMAND...: runs a command and says how long it took. On a terminal its output passes by; elsewhere it is
# kept quiet and shown whole if the command fails.
step() {
  local name=$1 start=$EPOCHREALTIME log status
  shift
  printf '==> %s\n' "$name"
  # Not `COMMAND || status=$?`: bash would then go on after a failure in the middle of a function.
  set +e
  if [ -t 1 ]; then
    (set -e; "$@")
    status=$?
  else
    log=$(mktemp)
    (set -e; "$@") >"$log" 2>&1
    status=$?
    [ "$status" = 0 ] || cat "$log"
    rm -f "$log"
  fi
  set -e
  if [ "$status" != 0 ]; then
    printf '==> %s: failed (exit code %s)\n' "$name" "$status" >&2
    exit "$status"
  fi
  printf '    %s s\n' "$(seconds_since "$start")"
}

# own_architecture: this machine's, as Lambda names it.
own_architecture() {
  case $(uname -m) in
  aarch64) echo arm64 ;;
  *) uname -m ;;
  esac
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

# one_at_a_time FILE COMMAND...: runs a command while no other process does so for the same file.
one_at_a_time() {
  local file=$1 lock status=0
  shift
  exec {lock}<"$file"
  flock "$lock"
  "$@" || status=$?
  exec {lock}<&-
  return "$status"
}

# install_packages COMMAND:PACKAGE...: installs the Debian package of every command that is missing, or says what to do.
# Returns 1 when something is still missing.
install_packages() { one_at_a_time "${BASH_SOURCE[0]}" install_missing "$@"; }

install_missing() {
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

# python_tools NAME REQUIREMENT...: puts Python packages, at exactly these versions, into .build-venv/NAME and their programs
# before others in PATH. Returns 1, and says why, when they cannot be had.
python_tools() {
  local venv=$root/.build-venv/$1 log
  shift
  if [ "$(cat "$venv/requirements" 2>/dev/null)" != "$*" ]; then
    install_packages python3:python3 || return 1
    python3 -c 'import ensurepip' 2>/dev/null || install_packages no-ensurepip:python3-venv || return 1
    echo "==> Installing $* into ${venv#"$root/"}"
    rm -rf "$venv"
    log=$(mktemp)
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q --no-compile --disable-pip-version-check "$@"; } >"$log" 2>&1; then
      tail -n 3 "$log" | cut -c -300 >&2
      rm -f "$log"
      echo "pip could not install: $*" >&2
      return 1
    fi
    rm -f "$log"
    echo "$*" >"$venv/requirements"
  fi
  PATH=$venv/bin:$PATH
}

# find_browser: prints the program of a headless Chromium, which is installed where there is none and that is possible.
find_browser() {
  command -v chromium-headless-shell || command -v chromium || {
    install_packages chromium-headless-shell:chromium-headless-shell >&2 && command -v chromium-headless-shell
  }
}

# sam_tools: the SAM CLI, and what lints its templates.
sam_tools() { python_tools template aws-sam-cli==1.170.0 cfn-lint==1.58.0; }

# runtime_tools: AWS's own runtime for Python, and its SDK.
runtime_tools() { python_tools runtime awslambdaric==4.2.2 boto3==1.43.11; }

# The rest is for the scripts of tools/checks.

# start_check: the first thing a check does. It runs at the top of the repository, and ends at the first failure.
start_check() {
  set -euo pipefail
  cd "$(dirname "${BASH_SOURCE[0]}")/../.."
  root=$PWD
  # Tests beside each other take turns at descriptors: all at once they had some 1,400, and where there are more than a buffer of
  # getdents(2) holds, Foundation's Process reads beyond its end when it looks for the highest.
  export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=16
}

# skip WHAT REASON: says that something was not tried; tools/test says it again at its end.
skip() {
  printf '    skipped: %s: %s\n' "$1" "$2"
  [ -z "${SKIPPED-}" ] || printf '%s: %s\n' "$1" "$2" >>"$SKIPPED"
}

# run_tests NAME COMMAND...: like step, but the tests' own last line is shown, and which of them were skipped.
run_tests() {
  local name=$1 start=$EPOCHREALTIME log status=0 line
  shift
  log=$(mktemp)
  printf '==> %s\n' "$name"
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    # A sanitizer's report stands in the middle of everything, and the first says the most.
    grep -aE -m 1 -A 60 'WARNING: ThreadSanitizer|ERROR: AddressSanitizer' "$log" || true
    grep -aE '✘|↳|(^| )error:|atal error|signal code' "$log" | head -n 60 || true
    echo "--- the last lines of its output:"
    tail -n 40 "$log"
    printf '==> %s: failed (exit code %s)\n' "$name" "$status" >&2
    rm -f "$log"
    exit "$status"
  fi
  while IFS= read -r line; do
    line=${line#* Test }
    skip "$name: ${line% skipped*}" "${line#* skipped: }"
  done < <(grep -aE '^. Test .* skipped' "$log")
  grep -aE '^. Test run with' "$log" | sed 's/^/    /' || true
  rm -f "$log"
  printf '    %s s\n' "$(seconds_since "$start")"
}

# build_whole: builds whatever ExtensionTests and EndToEndTests run, in ordinary Swift, and the tests; installs what their
# fixtures need.
build_whole() {
  install_packages python3:python3
  # The tests that want them name themselves when they are not there.
  if one_at_a_time "$root/tools/test" runtime_tools; then
    export PYTHON_WITH_SDKS=$root/.build-venv/runtime/bin/python3
  fi
  step "Building the extension and the test function" swift build
  step "Building the example functions" swift build --package-path layer/examples
  step "Building the sandbox and its tests" swift build --package-path tools --build-tests
  export TEST_FUNCTION_EXECUTABLE=$root/.build/debug/test-function
}

# build_with_address_sanitizer, test_with_address_sanitizer: the modules' tests; tools/checks/coverage reads what they leave in
# .build-asan/debug/codecov.
build_with_address_sanitizer() {
  # Tests run beside each other: counts of their lines would be lost without atomic counters.
  step "Building the modules and their tests" \
    swift build --build-tests --sanitize=address --enable-code-coverage --scratch-path .build-asan \
    -Xswiftc -Xllvm -Xswiftc -instrprof-atomic-counter-update-all
}

test_with_address_sanitizer() {
  rm -rf .build-asan/debug/codecov
  # Leaks are looked for by tests of their own: the sanitizer's search needs ptrace(2), which containers may refuse.
  ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no run_tests "Testing the modules" \
    swift test --skip-build --disable-xctest --sanitize=address --enable-code-coverage --scratch-path .build-asan
  # A function that a test starts with an environment of its own leaves its record here.
  rm -f default.profraw
  test_sanitized_processes .build-asan ASAN_OPTIONS=detect_leaks=0:handle_segv=0
  touch .build-asan/debug/codecov/passed
}

# test_sanitized_processes SCRATCH VARIABLE=VALUE...: the process tests, with the extension and the test function of a build
# with a sanitizer. What this is to be told stands in a wrapper, since a sandbox passes on no variables of its own. Lines are
# counted in the extension's own tests alone: the others kill by the hundred.
test_sanitized_processes() {
  local scratch=$root/$1 folder program
  shift
  build_whole
  folder=$(mktemp -d)
  for program in postinvoke test-function; do
    { echo '#!/bin/bash'; printf 'export "LLVM_PROFILE_FILE=${LLVM_PROFILE_FILE:-/dev/null}"'; printf ' %q' "$@"
      printf '\nexec -a "$0" %q "$@"\n' "$scratch/debug/$program"; } >"$folder/$program"
    chmod 755 "$folder/$program"
  done
  export POSTINVOKE_EXTENSION=$folder/postinvoke POSTINVOKE_EXTENSION_SANITIZED=1
  export TEST_FUNCTION_EXECUTABLE=$folder/test-function
  LLVM_PROFILE_FILE=$scratch/debug/codecov/extension-%p.profraw run_tests "Testing the extension" \
    swift test --package-path tools --skip-build --ignore-lock --disable-xctest --filter ExtensionTests
  run_tests "Testing the whole" \
    swift test --package-path tools --skip-build --ignore-lock --disable-xctest --filter EndToEndTests \
    --skip 'NoLayerTests|PythonRuntimeTests|ResponseStreamTests|BrowserTests|SandboxPageTests|ExampleTests|DemoTests|PythonTests|TelemetryTailTests|SecretsCacheTests|ServerExampleTests|SoakTests'
  rm -r "$folder"
}

# check_leftovers: fails when there is anything of ours in $TMPDIR. SwiftPM leaves its locks and a folder for every manifest it
# reads there, the compiler what macros became.
check_leftovers() {
  local left
  left=$(find "$TMPDIR" -mindepth 1 -maxdepth 1 ! -name '*.lock' ! -name 'TemporaryDirectory.??????' \
    ! -name swift-generated-sources)
  [ -n "$left" ] || return 0
  printf '==> Temporary files were left behind:\n%s\n' "$(sed 's/^/    /' <<<"$left")" >&2
  return 1
}

# Sourced by layer/build and layer/package, after tools/checks/steps.sh: from a package of Swift to a zip for Lambda. Needs bash.
# $layer is this folder, $work the one that has the static SDKs.
layer=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$layer/../.build-layer

# make_static_sdks: the SDKs of layer/musl-sdk, unless they were made before.
make_static_sdks() {
  mkdir -p "$work"
  one_at_a_time "$layer/musl-sdk" make_static_sdks_alone
}

make_static_sdks_alone() {
  recipe=$(cat "$layer/musl-sdk" "$layer/cycle-functions" | sha256sum)
  if [ "$(cat "$work/recipe" 2>/dev/null)" = "$recipe" ]; then
    echo "==> The static SDK: made before; kept"
  else
    install_packages dpkg-deb:dpkg
    step "Making the static SDK" "$layer/musl-sdk" "$work"
    echo "$recipe" >"$work/recipe"
  fi
}

# build_static PACKAGE PRODUCT SDK SCRATCH: in Embedded Swift, after make_static_sdks; SDK is one of layer/musl-sdk.
build_static() {
  # SwiftPM does not build anew for other options of a linker.
  [ "$(cat "$4/recipe" 2>/dev/null)" = "$recipe" ] || rm -rf "$4"
  swift build --package-path "$1" -c release --product "$2" --scratch-path "$4" --swift-sdks-path "$work" --swift-sdk "$3"
  echo "$recipe" >"$4/recipe"
}

# strip_executable FROM TO [OPTION...]: without symbols, and what else objcopy is told to leave out.
strip_executable() {
  local from=$1 to=$2
  shift 2
  mkdir -p "$(dirname "$to")"
  "$(dirname "$(readlink -f "$(command -v swiftc)")")/llvm-objcopy" --strip-all "$@" "$from" "$to"
  chmod 755 "$to"
}

# What nobody reads in a static executable that is never debugged or unwound.
static_leftovers=(--remove-section=.comment --remove-section=.eh_frame --remove-section=.swift_modhash --strip-sections)

# check_machine FILE ARCHITECTURE
check_machine() {
  local machine=X86-64
  [ "$2" = x86_64 ] || machine=AArch64
  readelf -hW "$1" | grep -q "Machine: .*$machine" || { echo "$1 is not for $2" >&2; return 1; }
}

# is_static FILE: it names no interpreter and has nothing for a dynamic linker.
is_static() { ! readelf -lW "$1" | grep -qE 'INTERP|DYNAMIC'; }

check_static() { # FILE ARCHITECTURE
  check_machine "$@"
  is_static "$1" || { echo "$1 is not static" >&2; return 1; }
}

# pack FOLDER ZIP: the same bytes for the same files: one fixed time, one order, no owner.
pack() {
  rm -f "$2"
  (cd "$1" && find . -exec env TZ=UTC touch -h -d '1980-01-01 00:00:00' {} + &&
    find . -type f -printf '%P\n' | LC_ALL=C sort | TZ=UTC zip -X -9 -q "$2" -@)
}

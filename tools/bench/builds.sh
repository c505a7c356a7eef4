# Sourced by the scripts of this folder, after tools/checks/steps.sh: what the benchmark builds, and where it is then.
# Needs $root.

c_peers=$root/tools/.build-bench/c
driver=$root/tools/.build-bench/release/bench
shipped=$root/tools/.build-bench/shipped/extensions/postinvoke
swift_peers=$root/tools/bench/peers/.build/release
library=$root/tools/bench/library/.build/release
out=$root/tools/bench/out
# This repository as it was at a fixed commit, which figures are compared with; unpacked and built once, and kept.
baseline_commit=dbb3b9e6e088f19bd23c7166e1d26745d6455a04
baseline=$root/tools/.build-bench/baseline
# What --record means to the driver.
record_options=(--page "$root/tools/bench/README.md" --pictures "$root/tools/bench/pictures")

# refuse_rough OPTION...: the driver refuses to record a short run too, but only after everything was built.
refuse_rough() {
  if [[ " $* " == *" --quick "* && " $* " == *" --page "* ]]; then
    usage "the figures of --quick are too rough for --record"
  fi
}

# The layer's own executable for this machine, as it is in the zip.
build_extension() {
  local architecture
  architecture=$(uname -m | sed 's/aarch64/arm64/')
  step "Building the layer" "$root/layer/build"
  mkdir -p "${shipped%/extensions/*}"
  unzip -o -q -d "${shipped%/extensions/*}" "$root/layer/out/postinvoke-$architecture.zip"
  # A file's pages that have not reached the disk would count as private dirty memory of whoever maps them.
  sync "$shipped"
}

# The extension's C peers.
build_c_peers() { step "Building the C peers" compile_c_peers; }

# compile_c NAME: a program of tools/bench/c.
compile_c() {
  mkdir -p "$c_peers"
  cc -O2 -Wall -Wextra -D_GNU_SOURCE -o "$c_peers/$1" "$root/tools/bench/c/$1.c"
}

compile_c_peers() {
  local name
  for name in floor pingpong; do compile_c "$name"; done
  cc -O2 -Wall -Wextra -shared -fPIC -o "$c_peers/counter.so" "$root/tools/bench/c/counter.c"
  compile_static floor
}

# compile_static NAME: the same as a static program, NAME-static, on the C library that the layer's build has made.
compile_static() {
  local clang machine sdk
  machine=$(uname -m)
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  sdk=$root/.build-layer/postinvoke-musl.artifactbundle/$machine/usr
  "$clang" --target="$machine-linux-musl" -O2 -D_GNU_SOURCE -static -fuse-ld=lld -nostdinc -isystem "$sdk/include" \
    -isystem "$("$clang" -print-resource-dir)/include" -nostdlib -L "$sdk/lib" \
    -o "$c_peers/$1-static" "$sdk/lib/crt1.o" "$root/tools/bench/c/$1.c" -lc
}

# build_package NAME FOLDER CONFIGURATION SCRATCH OPTION...: builds a package that depends on this one. SwiftPM does not look
# there for new files as long as it has a plan of its own, so that is taken away.
build_package() {
  local name=$1 folder=$2 configuration=$3 scratch=$4
  shift 4
  rm -f "$scratch/$configuration/description.json"
  step "$name" swift build --package-path "$folder" -c "$configuration" --scratch-path "$scratch" "$@"
}

# Fails, and says so, where the baseline's commit is not to be had.
has_baseline() {
  git -C "$root" cat-file -e "$baseline_commit^{commit}" 2>/dev/null && return
  echo "this clone lacks the baseline's commit: nothing is measured beside it" >&2
  return 1
}

unpack_baseline() {
  if [ "$(cat "$baseline/commit" 2>/dev/null)" = "$baseline_commit" ]; then return; fi
  rm -rf "$baseline"
  mkdir -p "$baseline"
  git -C "$root" archive "$baseline_commit" | tar -x -C "$baseline"
  echo "$baseline_commit" >"$baseline/commit"
}

build_driver() {
  build_package "Building the benchmark" "$root/tools" release "$root/tools/.build-bench" --product bench
}

# The library's programs, which are measured.
build_library() {
  build_package "Building the library's programs" "$root/tools/bench/library" release "$root/tools/bench/library/.build"
}

# build_swift_peers PROGRAM...: SwiftNIO and FlyingFox take minutes to build, so they are a package of their own that no
# other build waits for.
build_swift_peers() {
  local name
  for name in "$@"; do
    build_package "Building the peer $name" "$root/tools/bench/peers" release "$root/tools/bench/peers/.build" \
      --product "$name"
  done
}

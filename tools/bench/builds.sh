# Sourced by the scripts of this folder, after tools/steps.sh: what the benchmark builds, and where it is then.
# Needs $root.

c_peers=$root/tools/.build-bench/c
driver=$root/tools/.build-bench/release/bench
shipped=$root/.build-layer/stage-$(uname -m | sed 's/aarch64/arm64/')/extensions/postinvoke

# The layer's own executable for this machine.
build_extension() { step "Building the layer" "$root/layer/build"; }

# The C peers, and the floor once more as a static program on the C library that the extension has too.
build_c_peers() { step "Building the C peers" compile_c_peers; }

compile_c_peers() {
  local source=$root/tools/bench/c name clang machine
  mkdir -p "$c_peers"
  for name in floor pingpong; do
    cc -O2 -Wall -Wextra -D_GNU_SOURCE -o "$c_peers/$name" "$source/$name.c"
  done
  cc -O2 -Wall -Wextra -shared -fPIC -o "$c_peers/counter.so" "$source/counter.c"
  machine=$(uname -m)
  clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
  "$clang" --target="$machine-linux-musl" --sysroot="$root/.build-layer/postinvoke-musl.artifactbundle/sdk/$machine" \
    -O2 -D_GNU_SOURCE -static -fuse-ld=lld -o "$c_peers/floor-static" "$source/floor.c" \
    -isystem "$root/.build-layer/postinvoke-musl.artifactbundle/sdk/$machine/usr/include" \
    -L "$root/.build-layer/postinvoke-musl.artifactbundle/sdk/$machine/usr/lib" -nostdlib -nostdinc \
    "$root/.build-layer/postinvoke-musl.artifactbundle/sdk/$machine/usr/lib/crt1.o" -lc
}

build_driver() {
  step "Building the benchmark" swift build --package-path "$root/tools" -c release --product bench \
    --scratch-path "$root/tools/.build-bench"
}

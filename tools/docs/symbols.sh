# Sourced by the scripts beside it: the modules whose interface is public, and the compiler's description of them.

modules=(Bytes HTTP1 JSON Reactor ReactorHTTP LambdaAPI LambdaExtension LambdaRuntime LambdaRuntimeCodable PostInvoke
  PostInvokeRuntime LambdaTesting)
# Those whose whole interface is there with the trait SwiftLog, which brings the trait Systemd.
trait_modules=(Systemd JournalLogging)

symbols=.build-docs/symbols

# read_symbols WHAT: writes the symbol graphs of the modules, of those behind traits only where libsystemd is installed or
# can be; WHAT is skipped where not.
read_symbols() {
  rm -rf "$symbols"
  mkdir -p "$symbols"
  step "Building the modules" swift build
  step "Reading their symbols" extract_symbols .build "${modules[@]}"

  has_libsystemd || install_packages pkg-config:pkg-config libsystemd-dev:libsystemd-dev || true
  if ! has_libsystemd; then
    skip "$1 of ${trait_modules[*]}" "libsystemd-dev or pkg-config is not installed"
    return
  fi
  step "Building those behind the traits" \
    swift build --traits SwiftLog --scratch-path .build-systemd --target JournalLogging
  step "Reading their symbols" extract_symbols .build-systemd "${trait_modules[@]}"
  modules+=("${trait_modules[@]}")
}

has_libsystemd() { [ -e /usr/include/systemd/sd-journal.h ] && command -v pkg-config >/dev/null; }

# extract_symbols SCRATCH MODULE...: from a debug build. `swift package dump-symbol-graph` asks for the modules of the tests, too,
# and fails where they are not built.
extract_symbols() {
  local build target module map maps=()
  # The same path as SwiftPM's: the compiler takes another for a second cache.
  build=$(cd "$1/debug" && pwd -P)
  target=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)
  for map in "$build"/C*.build/module.modulemap; do maps+=(-Xcc "-fmodule-map-file=$map"); done
  for module in "${@:2}"; do
    swift symbolgraph-extract -module-name "$module" -target "$target" -minimum-access-level public \
      -skip-synthesized-members -emit-extension-block-symbols -module-cache-path "$build/ModuleCache" \
      -I "$build/Modules" "${maps[@]}" -Xcc -fmodule-map-file=Vendor/CSIMD/module.modulemap \
      -Xcc -fmodule-map-file=Vendor/CSystemd/module.modulemap -output-dir "$symbols"
  done
}

# graphs_of MODULE: its symbol graphs, those of what it adds to other modules' types among them.
graphs_of() { find "$symbols" -name "$1.symbols.json" -o -name "$1@*.symbols.json" | sort; }

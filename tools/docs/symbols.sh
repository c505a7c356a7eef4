# Sourced by the scripts beside it: the modules whose interface is public, and the compiler's description of them.

modules=(Bytes HTTP1 JSON Reactor ReactorHTTP LambdaAPI LambdaExtension LambdaRuntime LambdaRuntimeCodable PostInvoke
  PostInvokeRuntime)

# read_symbols: writes the symbol graphs into the folder $symbols.
read_symbols() { step "Reading the symbols" swift package dump-symbol-graph --skip-synthesized-members; }

# graphs_of MODULE: its symbol graphs, those of what it adds to other modules' types among them.
graphs_of() {
  local symbols
  symbols=$(dirname "$(find .build -path '*/symbolgraph/Reactor.symbols.json' | head -n 1)")
  find "$symbols" -name "$1.symbols.json" -o -name "$1@*.symbols.json" | sort
}

/// The version of this extension, told by `/check`, `--version` and the layer's description.
let version: StaticString = "0.1.0"

/// The version of everything here, as `/check`, `--version`, `User-Agent` and the layer's description give it.
package let postinvokeVersion: StaticString = "0.1.0"

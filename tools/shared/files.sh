# Sourced by the scripts that install files and remove them: each says what it did. Needs bash, and $to, the folder beneath
# which they are; it may be empty.

say() { printf '%s\n' "$*"; }

# put MODE FILE PLACE: a copy of a file, with the folders above it.
put() {
  install -D -m "$1" "$2" "$to$3"
  say "installed $to$3"
}

# take_away PLACE: removes a file if it is there, and its folder if nothing else is in it.
take_away() {
  [ -e "$to$1" ] || return 0
  rm -f "$to$1"
  say "removed   $to$1"
  rmdir "$to${1%/*}" 2>/dev/null || true
}

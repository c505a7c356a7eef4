# Sourced first by the scripts of this project, with their arguments: --help or -h among them prints what stands at the
# script's top, and ends it. Needs bash.

script=$(realpath "$0")

# print_top: the comment at the script's top.
print_top() { sed -n '2,/^\([^#]\|$\)/s/^# \{0,1\}//p' "$script"; }

# usage [WORDS...]: says what is wrong with the arguments, prints the script's top and ends it, with the code for that.
usage() {
  { [ $# = 0 ] || printf '%s: %s\n' "$0" "$*"; print_top; } >&2
  exit 64
}

for argument; do
  case $argument in -h | --help) print_top; exit 0 ;; esac
done
unset argument

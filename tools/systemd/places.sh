# Sourced by install and uninstall, after tools/shared/files.sh: where things go. Needs bash.

# set_places [--user] [--root DIR] ...: sets where to, from the arguments of a script; what it does not know is left in
# `rest`.
set_places() {
  scope=system to= rest=()
  while [ $# -gt 0 ]; do
    case $1 in
    --user) scope=user ;;
    --root)
      [ -n "${2-}" ] || usage "--root needs a folder"
      to=$(realpath -m "$2")
      shift
      ;;
    *) rest+=("$1") ;;
    esac
    shift
  done
  if [ "$scope" = user ]; then
    lib=$HOME/.local/lib/postinvoke
    etc=${XDG_CONFIG_HOME:-$HOME/.config}/postinvoke
    units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
    catalog=
  else
    lib=/usr/local/lib/postinvoke
    etc=/etc/postinvoke
    units=/etc/systemd/system
    catalog=/usr/local/lib/systemd/catalog/postinvoke.catalog
  fi
  programs=(postinvoke lambda-sandbox soak)
  # What only a program starts, and systemd does not know.
  helpers=(soak-function)
  unit_files=(
    postinvoke.target postinvoke-sandbox.socket postinvoke-sandbox.service postinvoke-extension.socket
    postinvoke-extension.service postinvoke-soak.service postinvoke-soak.timer
  )
  # A user's manager may not do most of what the drop-in asks for.
  [ "$scope" = user ] || unit_files+=(postinvoke-.service.d/hardening.conf)
  settings=(sandbox.env soak.env extension.env.example)
}

# manager COMMAND...: systemctl for the scope, where a manager runs that sees these files; false elsewhere.
manager() {
  [ -z "$to" ] || return 1
  if [ "$scope" = user ]; then
    systemctl --user show-environment >/dev/null 2>&1 && systemctl --user "$@"
  else
    [ -d /run/systemd/system ] && systemctl "$@"
  fi
}

# need_commands COMMAND:PACKAGE...: ends the script, before it has done anything, where a command is missing, and names its
# Debian package.
need_commands() {
  local pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null && continue
    echo "$0: ${pair%%:*} is missing; Debian has it in the package ${pair#*:}" >&2
    exit 69
  done
}

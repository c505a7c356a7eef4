# Reads llvm-cov's lcov and prints, for each of `modules`, how many lines its tests ran, and which lines nothing ran.
# Ends with exit code 1 when a module has run less than `share` percent of its lines, or has none at all.

/^SF:/ {
  path = substr($0, 4 + length(top))
  sub("^(Sources|layer)/", "", path)
  module = path
  sub("/.*", "", module)
}

# DA:LINE,COUNT
/^DA:/ {
  split(substr($0, 4), line, ",")
  all[module]++
  if (line[2] > 0) ran[module]++
  else note(line[1] + 0)
}

# Adds a line to those of its file that nothing ran: 3-5 9 for 3, 4, 5 and 9.
function note(number) {
  if (!(path in last)) order[module, ++files[module]] = path
  if (number == last[path] + 1) sub(/(-[0-9]+)?$/, "-" number, missed[path])
  else missed[path] = missed[path] " " number
  last[path] = number
}

END {
  count = split(modules, names, " ")
  printf "%-16s %6s %6s %8s\n", "module", "lines", "run", "share"
  for (i = 1; i <= count; i++) {
    name = names[i]
    percent = all[name] ? 100 * ran[name] / all[name] : 0
    low = percent < share
    failed = failed || low
    printf "%-16s %6d %6d %7.1f%%%s\n", name, all[name], ran[name], percent, low ? "  below " share "%" : ""
  }
  print "\nLines that nothing ran:"
  for (i = 1; i <= count; i++)
    for (j = 1; j <= files[names[i]]; j++) print "  " order[names[i], j] ":" missed[order[names[i], j]]
  exit failed
}

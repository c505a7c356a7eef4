# Makes a manual page (man(7)) of what a program prints for --help, with lines of any length. Needs `name`, the page's,
# `version` and `date`, and in `others` the names of the pages to see also.

BEGIN {
  ordered = split("name,synopsis,description,arguments,options,groups,subcommands,exit status,examples,see also", order, ",")
}

function escaped(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/"/, "\\(dq", text)
  return text ~ /^[.']/ ? "\\&" text : text
}
function begin(section) { current = section; isParagraph = 0 }
function add(line) { text[current] = text[current] line "\n"; isParagraph = 0 }
# A term and its explanation, which may be empty where the next line has it.
function entry(term, explanation) {
  add(".TP\n.B " escaped(term))
  if (explanation != "") add(escaped(explanation))
}

NR == 1 {
  sub(/^OVERVIEW: /, "")
  sub("^" name ": ", "")
  text["name"] = escaped(name) " \\- " escaped($0) "\n"
  begin("description")
  next
}
/^USAGE: / { text["synopsis"] = escaped(substr($0, 8)) "\n"; next }
/^(ARGUMENTS|OPTIONS|SUBCOMMANDS):$/ { begin(tolower(substr($0, 1, length($0) - 1))); next }
# A group of options has a heading of its own.
/^[A-Z][A-Z ]*:$/ {
  begin("groups")
  add(".SS " substr($0, 1, 1) tolower(substr($0, 2, length($0) - 2)))
  next
}
/^Examples:$/ { begin("examples"); next }
current == "examples" && /^ +[^ ]/ {
  isCommand = !/^      /
  sub(/^ +/, "")
  add((isCommand ? ".TP\n.B " : "") escaped($0))
  next
}
sub(/^Exit codes: ?/, "") {
  begin("exit status")
  if ($0 != "") add(escaped($0))
  next
}
sub(/^  /, "") && /^[^ ]/ {
  # Two blanks end a term, or one before the column in which explanations begin, or one behind a number.
  if (match($0, /  +/)) entry(substr($0, 1, RSTART - 1), substr($0, RSTART + RLENGTH))
  else if (match($0, /^[0-9]+ /)) entry(substr($0, 1, RLENGTH - 1), substr($0, RLENGTH + 1))
  else if (substr($0, 24, 1) == " ") entry(substr($0, 1, 23), substr($0, 25))
  else entry($0, "")
  next
}
/^$/ { isParagraph = text[current] != ""; next }
{
  sub(/^ +/, "")
  if (isParagraph) add(".PP")
  add(escaped($0))
}

END {
  count = split(others, names, " ")
  for (i = 1; i <= count; i++) if (names[i] != name) seen = seen (seen == "" ? "" : " ,\n") ".BR " escaped(names[i]) " (1)"
  text["see also"] = seen "\n"
  print ".TH " toupper(escaped(name)) " 1 \"" date "\" \"" version "\""
  for (i = 1; i <= ordered; i++) if (text[order[i]] != "")
    printf "%s%s", order[i] == "groups" ? "" : ".SH " toupper(order[i]) "\n", text[order[i]]
}

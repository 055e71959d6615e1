# What jq 1.7 does otherwise than the library, in terms of the library. Names that begin with an underscore are
# internal. A function that calls the library's own one of the same name does so by such a name.

def _ltrimstr($part): ltrimstr($part);
def _rtrimstr($part): rtrimstr($part);
def _limit($count; f): limit($count; f);

# Text
def tostring: if isstring then . else tojson end;
def @text: tostring;
def @json: tojson;
def @html: tostring | escape_html;
def @uri: tostring | encode_uri;
def @base64: tostring | encode_base64;
def @base64d: tostring | decode_base64;
def @sh:
  def word: if isstring then "'\(escape_sh)'" elif . < [] then tojson
    else error("an array or object cannot be a word of a shell") end;
  [if isarray then .[] else . end | word] | reduce .[1:][] as $word (.[0] // ""; . + " " + $word);
def _cell(text): if isstring then text elif . == null then "" elif isnumber or isboolean then tojson
  else error("a row can only have strings, numbers, booleans and null") end;
def _put($old; $new): . / $old | reduce .[1:][] as $part (.[0] // ""; . + $new + $part);
def join($between):
  def text: if . == null then "" elif isnumber or isboolean then tojson else . end;
  if . == [] then "" else reduce .[1:][] as $item (.[0] | text | "" + .; . + $between + ($item | text)) end;
def @csv: map(_cell("\"" + _put("\""; "\"\"") + "\"")) | join(",");
def @tsv: map(_cell(_put("\\"; "\\\\") | _put("\t"; "\\t") | _put("\n"; "\\n") | _put("\r"; "\\r"))) | join("\t");
def ltrimstr($part): if isstring and ($part | isstring) then _ltrimstr($part) else . end;
def rtrimstr($part): if isstring and ($part | isstring) then _rtrimstr($part) else . end;
def ascii: [.] | implode;

# Paths and updates
def _at($key): if . == null then null elif $key | isobject then .[$key.start:$key.end] else .[$key] end;
def _index($index): if $index < 0 then length + $index else $index end;
def _with($key; $value):
  if $key | isstring then if . == null then {($key): $value} elif isobject then . + {($key): $value}
    else error("cannot index \(type) with a string") end
  elif . != null and (isarray | not) then error("cannot index \(type) with \($key | type)")
  else . // [] | if $key | isnumber then _index($key) as $at
      | if $at < 0 then error("negative index out of bounds")
        elif $at < length then .[:$at] + [$value] + .[$at + 1:]
        else . + [range($at - length) | null] + [$value] end
    elif $value | isarray then .[:$key.start // 0] + $value + (if $key.end == null then [] else .[$key.end:] end)
    else error("only an array can take the place of a part of an array") end
  end;
def setpath($path; $value):
  if $path == [] then $value else $path[0] as $key | _with($key; _at($key) | setpath($path[1:]; $value)) end;
def _without($key):
  if . == null then . elif isobject then reduce key_values[] as [$name, $value] ({};
      if $name == $key then . else . + {($name): $value} end)
  elif $key | isobject then .[:$key.start // 0] + (if $key.end == null then [] else .[$key.end:] end)
  else _index($key) as $at | if $at < 0 or $at >= length then . else .[:$at] + .[$at + 1:] end end;
def _delpath($path):
  if $path == [] then null elif $path[1:] == [] then _without($path[0])
  else $path[0] as $key | _at($key) as $old
    | if $old == null then . else _with($key; $old | _delpath($path[1:])) end end;
def delpaths($paths): reduce ($paths | sort | reverse[]) as $path (.; _delpath($path));
def del(f): delpaths([path(f)]);
def _modify(paths; f):
  # The library is fast, and knows no path that is not there yet.
  . as $before | try (paths |= f) catch ($before | reduce path(paths) as $path ([., []];
      (.[0] | getpath($path)) as $old | [first($old | f)] as $new
      | if $new == [] then [.[0], .[1] + [$path]] else [(.[0] | setpath($path; $new[0])), .[1]] end)
    | .[1] as $gone | .[0] | delpaths($gone));
def map_values(f):
  if isobject then reduce key_values[] as [$key, $value] ({};
      . + ([first($value | f)] | if . == [] then {} else {($key): .[0]} end))
  else .[] |= f end;
def walk(f): def rec: if isobject then map_values(rec) elif isarray then map(rec) else . end | f; rec;
def pick(f): . as $all | reduce path(f) as $path (null; setpath($path; $all | getpath($path)));
def leaf_paths: paths(scalars);

# Objects and streams
def from_entries:
  def first_of(names): first((names as $name | .[$name] | select(. != null)), null);
  def name: if isstring then . elif isnumber or isboolean then tojson else error("\(type) cannot be a key") end;
  reduce .[] as $entry ({}; . + {($entry | if .key == false then "false"
      else first_of("key", "k", "name", "Name", "K", "Key") | name end):
    ($entry | if .value == false then false else first_of("value", "v", "Value", "V") end)});
def with_entries(f): to_entries | map(f) | from_entries;
def INDEX(rows; f): reduce rows as $row ({}; . + {($row | f | tostring): $row});
def INDEX(f): INDEX(.[]; f);
def IN(values): . as $one | any(values; . == $one);
def IN(ones; values): any(ones; IN(values));
def JOIN($index; f): [.[] | [., $index[f]]];
def JOIN($index; rows; f): rows | [., $index[f]];
def JOIN($index; rows; f; g): rows | [., $index[f]] | g;
def tostream:
  def rec($path): if . < [] or length == 0 then [$path, .]
    else (key_values[] as [$key, $value] | $value | rec($path + [$key])), [$path + [key_values[][0]][-1:]] end;
  def top: if . < [] or length == 0 then [[], .] else rec([]) end;
  top;
def fromstream(events):
  foreach events as $event ({};
    (if .done then {} else . end) | if $event[1:] == [] then .done = ($event[0] | length < 2)
      else {value: (.value | setpath($event[0]; $event[1])), done: ($event[0] == [])} end;
    if .done then .value else empty end);
def truncate_stream(events): . as $depth | null | events | select(.[0] | length > $depth) | .[0] |= .[$depth:];
def limit($count; f): if $count < 0 then f else _limit($count; f) end;

# Numbers and times
def _divisor: if . == 0 then error("cannot divide by zero") else . end;
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def date: todate;
def dateadd(unit; seconds): . + seconds;
def datesub(unit; seconds): . - seconds;

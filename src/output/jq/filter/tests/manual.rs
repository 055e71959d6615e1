//! Expressions as the manual of jq explains them, with what jq 1.7 makes of them.

use super::super::*;

/// An expression, its input, and each of its results as JSON on a line.
const CASES: &[(&str, &str, &str)] = &[
    (".,tojson", "1.0", "1.0\n\"1.0\""),
    ("map(abs)", "[-10, -1.5, 2.25]", "[10,1.5,2.25]"),
    ("10 / . * 3", "5", "6"),
    ("[.[] / 2]", "[4,5]", "[2,2.5]"),
    (
        ".[2:4],.[-2:],.[4,2],.[9]",
        r#"["a","b","c","d","e"]"#,
        "[\"c\",\"d\"]\n[\"d\",\"e\"]\n\"e\"\n\"c\"\nnull",
    ),
    ("[.[] | length]", r#"[[1,2],"string",{"a":2},null,-5]"#, "[2,6,1,0,5]"),
    ("[utf8bytelength,length]", r#""μ""#, "[2,1]"),
    ("map_values(. // empty)", r#"{"a":null,"b":true,"c":false,"d":1}"#, r#"{"b":true,"d":1}"#),
    ("pick(.[2], .[0])", "[1,2,3,4]", "[1,null,3]"),
    ("pick(.a, .b.c, .x)", r#"{"a":1,"b":{"c":2,"d":3},"e":4}"#, r#"{"a":1,"b":{"c":2},"x":null}"#),
    (
        "del(.foo),del(.foo,.baz),del(.[])",
        r#"{"foo":42,"bar":9001,"baz":42}"#,
        "{\"bar\":9001,\"baz\":42}\n{\"bar\":9001}\n{}",
    ),
    (
        "del(.[1, 2]),del(.[-1]),del(.[1:])",
        r#"["foo","bar","baz"]"#,
        "[\"foo\"]\n[\"foo\",\"bar\"]\n[\"foo\"]",
    ),
    (r#"[getpath(["a","b"], ["a","c"], ["x","y"])]"#, r#"{"a":{"b":0,"c":1}}"#, "[0,1,null]"),
    (r#"setpath(["a","b"]; 1),setpath([]; 2)"#, "null", "{\"a\":{\"b\":1}}\n2"),
    (r#"setpath([0,"a"]; 1)"#, "null", r#"[{"a":1}]"#),
    (r#"delpaths([["a","b"],["x","z"]])"#, r#"{"a":{"b":1},"x":{"y":2}}"#, r#"{"a":{},"x":{"y":2}}"#),
    (
        r#"to_entries,with_entries(.key |= "k_" + .)"#,
        r#"{"a":1,"b":2}"#,
        "[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":2}]\n{\"k_a\":1,\"k_b\":2}",
    ),
    ("[flatten,flatten(1)]", "[1,[2],[[3]]]", "[[1,2,3],[1,2,[3]]]"),
    (
        "[range(0;10;3)],[range(0,1;3,4)],[range(5;0;-2)]",
        "null",
        "[0,3,6,9]\n[0,1,2,0,1,2,3,1,2,1,2,3]\n[5,3,1]",
    ),
    ("[floor,sqrt,pow(.;2),log10]", "100", "[100,10,10000,2]"),
    ("[.[] | tonumber]", r#"[1,"1","2.5"]"#, "[1,1,2.5]"),
    ("[.[] | tostring]", r#"[1,"1",[1],null,true,2.5]"#, r#"["1","1","[1]","null","true","2.5"]"#),
    ("[infinite,-infinite,nan]", "null", "[1.7976931348623157e+308,-1.7976931348623157e+308,null]"),
    ("(nan < nan),(nan == nan)", "null", "true\nfalse"),
    (
        "sort_by(.foo, .bar) | map(.bar)",
        r#"[{"foo":4,"bar":10},{"foo":3,"bar":20},{"foo":2,"bar":1},{"foo":3,"bar":10}]"#,
        "[1,10,20,10]",
    ),
    (
        "group_by(.foo),unique_by(.foo),min_by(.bar),max_by(.bar)",
        r#"[{"foo":1,"bar":10},{"foo":3,"bar":100},{"foo":1,"bar":1}]"#,
        "[[{\"foo\":1,\"bar\":10},{\"foo\":1,\"bar\":1}],[{\"foo\":3,\"bar\":100}]]\n[{\"foo\":1,\"bar\":10},{\"foo\":3,\"bar\":100}]\n{\"foo\":1,\"bar\":1}\n{\"foo\":3,\"bar\":100}",
    ),
    (r#"[indices(", "),index(","),rindex(",")]"#, r#""a,b, cd, efg""#, "[[3,7],1,7]"),
    ("indices(1),indices([1,2])", "[0,1,2,1,3,1,2]", "[1,3,5]\n[1,5]"),
    (r#"[.[] | ltrimstr("foo"), rtrimstr("bar")]"#, r#"["foobar","bar",1]"#, r#"["bar","foo","bar","",1,1]"#),
    (
        r#"[startswith("ab"),endswith("c"),contains("b"),inside("xabcx")]"#,
        r#""abc""#,
        "[true,true,true,true]",
    ),
    (r#"join(", ")"#, r#"["a",1,2.5,true,null,false]"#, r#""a, 1, 2.5, true, , false""#),
    (
        "[explode,ascii_upcase,ascii_downcase,(explode|implode)]",
        r#""aBé""#,
        r#"[[97,66,233],"ABé","abé","aBé"]"#,
    ),
    (
        "@json,@html,@uri,@base64,(@base64|@base64d)",
        r#""a<b>&'\"é ?""#,
        "\"\\\"a<b>&'\\\\\\\"é ?\\\"\"\n\"a&lt;b&gt;&amp;&apos;&quot;é ?\"\n\"a%3Cb%3E%26%27%22%C3%A9%20%3F\"\n\"YTxiPiYnIsOpID8=\"\n\"a<b>&'\\\"é ?\"",
    ),
    (
        "@csv,@tsv",
        r#"[1,"a\"b\tc",null,true,1.5]"#,
        "\"1,\\\"a\\\"\\\"b\\tc\\\",,true,1.5\"\n\"1\\ta\\\"b\\\\tc\\t\\ttrue\\t1.5\"",
    ),
    ("@sh", r#"["it's",1,null,"b c"]"#, r#""'it'\\''s' 1 null 'b c'""#),
    (
        r#"@html "<b>\(.)</b>",@base64 "\(.)-\(.)",@uri "?q=\(.)""#,
        r#""<&>""#,
        "\"<b>&lt;&amp;&gt;</b>\"\n\"PCY+-PCY+\"\n\"?q=%3C%26%3E\"",
    ),
    ("[limit(3;repeat(1))],[limit(0;1,2)],[limit(-1;1,2)]", "null", "[1,1,1]\n[]\n[1,2]"),
    ("[first(range(.)),last(range(.)),nth(5;range(.))]", "10", "[0,9,5]"),
    ("[first(empty)],[.[] | first,last,nth(1)]", "[[1,2]]", "[]\n[1,2,2]"),
    ("until(. > 100; . * 2),[while(. < 20; . * 3)],[recurse(. * .; . < 20)]", "2", "128\n[2,6,18]\n[2,4,16]"),
    (r#"walk(if type == "array" then sort else . end)"#, "[[4,1,7],[8,5,2]]", "[[1,4,7],[2,5,8]]"),
    (r#"walk(if type == "number" then . + 1 else . end)"#, r#"{"a":[1,{"b":2}]}"#, r#"{"a":[2,{"b":3}]}"#),
    ("transpose", "[[1],[2,3]]", "[[1,2],[null,3]]"),
    ("[bsearch(1,2,4)]", "[1,2,3]", "[0,1,-4]"),
    ("bsearch(4) as $ix | if $ix < 0 then .[-(1+$ix)] = 4 else . end", "[1,2,3]", "[1,2,3,4]"),
    (r#""x\(4/2) \([1,2.5]) \(.)""#, "42", r#""x2 [1,2.5] 42""#),
    (
        r#"[test("A.C";"i")],capture("(?<x>b)(?<y>.)"),[match("c").offset]"#,
        r#""abc""#,
        "[true]\n{\"x\":\"b\",\"y\":\"c\"}\n[2]",
    ),
    (
        r#"[scan("c")],[scan("(a)(b)")],[splits("b")],split("a")"#,
        r#""abcab""#,
        "[\"c\"]\n[[\"a\",\"b\"],[\"a\",\"b\"]]\n[\"a\",\"ca\",\"\"]\n[\"\",\"bc\",\"b\"]",
    ),
    (
        r#"[split(", *";null)],sub("(?<x>[a-z])";"Z\(.x)"),gsub("[ ,]+";"-")"#,
        r#""ab, cd,ef""#,
        "[[\"ab\",\"cd\",\"ef\"]]\n\"Zab, cd,ef\"\n\"ab-cd-ef\"",
    ),
    (
        r#"fromdate,strptime("%Y-%m-%dT%H:%M:%SZ"),(strptime("%Y-%m-%dT%H:%M:%SZ")|mktime)"#,
        r#""2015-03-05T23:51:47Z""#,
        "1425599507\n[2015,2,5,23,51,47,4,63]\n1425599507",
    ),
    (
        "[(true,false) and (true,false)],[(true,false) or false],[true,false|not]",
        "null",
        "[true,false,false]\n[true,false]\n[false,true]",
    ),
    (r#"[(false,null,1) // 42],[empty // 42],[.a // "x"]"#, "{}", "[1]\n[42]\n[\"x\"]"),
    (r#"[.[] | try .a catch "bad"],[.[] | .a?]"#, r#"[{},true,{"a":1}]"#, "[null,\"bad\",1]\n[null,1]"),
    (
        r#"try error("mine") catch .,try error({a:1}) catch .a,(try error(null) catch .)"#,
        "null",
        "\"mine\"\n1\nnull",
    ),
    ("[.[] | tonumber?]", r#"["1","x","3",4]"#, "[1,3,4]"),
    (". as [$a,$b,{c:$c}] | $a + $b + $c", r#"[2,3,{"c":4}]"#, "9"),
    (". as {a:$x,b:[$y,$z]} | [$x,$y,$z]", r#"{"a":1,"b":[2,3]}"#, "[1,2,3]"),
    (
        "reduce .[] as [$i,$j] (0; . + $i * $j),[foreach .[] as [$i] (0; . + $i; [$i,.])]",
        "[[1,2],[3,4]]",
        "14\n[[1,1],[3,4]]",
    ),
    (
        "reduce .[] as {$x,$y} (null; .x += $x | .y += [$y])",
        r#"[{"x":"a","y":1},{"x":"b","y":2}]"#,
        r#"{"x":"ab","y":[1,2]}"#,
    ),
    (
        "[1|truncate_stream([[0],1],[[1,0],2],[[1,0]],[[1]])],fromstream(1|truncate_stream([[0],1],[[1,0],2],[[1,0]],[[1]]))",
        "null",
        "[[[0],2],[[0]]]\n[2]",
    ),
    (
        "[tostream],fromstream(tostream)",
        r#"{"a":[1,{"b":2}]}"#,
        "[[[\"a\",0],1],[[\"a\",1,\"b\"],2],[[\"a\",1,\"b\"]],[[\"a\",1]],[[\"a\"]]]\n{\"a\":[1,{\"b\":2}]}",
    ),
    (r#"(..|select(type=="boolean")) |= if . then 1 else 0 end"#, "[true,[false],5]", "[1,[0],5]"),
    (
        ".a = .b,(.a |= .b),(.b |= empty)",
        r#"{"a":{"b":10},"b":20}"#,
        "{\"a\":20,\"b\":20}\n{\"a\":10,\"b\":20}\n{\"a\":{\"b\":10}}",
    ),
    (
        "[(.a,.b) = range(3)],[(.a,.b) |= range(3)]",
        "null",
        "[{\"a\":0,\"b\":0},{\"a\":1,\"b\":1},{\"a\":2,\"b\":2}]\n[{\"a\":0,\"b\":0}]",
    ),
    (".a.b = 1", "{}", r#"{"a":{"b":1}}"#),
    (
        r#".a.b.c += 1,.a.b |= 5,.a[2] = 1,.a //= 3,(.a.b.c // "none")"#,
        "{}",
        "{\"a\":{\"b\":{\"c\":1}}}\n{\"a\":{\"b\":5}}\n{\"a\":[null,null,1]}\n{\"a\":3}\n\"none\"",
    ),
    (
        r#".[5] = 1,.[-1] = 9,.[1:] = ["z"],(.[] |= . + 1),(.[0] |= empty)"#,
        "[1,2,3]",
        "[1,2,3,null,null,1]\n[1,2,9]\n[1,\"z\"]\n[2,3,4]\n[2,3]",
    ),
    ("(.[] | select(. >= 2)) |= empty", "[1,5,3,0,7]", "[1,0]"),
    (
        "[.a += 1,.b -= 1,.a *= 2,.a /= 2,.a %= 2]",
        r#"{"a":3,"b":2}"#,
        r#"[{"a":4,"b":2},{"a":3,"b":1},{"a":6,"b":2},{"a":1.5,"b":2},{"a":1,"b":2}]"#,
    ),
    (
        "INDEX(.id),INDEX(.[];.n)",
        r#"[{"id":1,"n":"x"},{"id":2,"n":"y"}]"#,
        "{\"1\":{\"id\":1,\"n\":\"x\"},\"2\":{\"id\":2,\"n\":\"y\"}}\n{\"x\":{\"id\":1,\"n\":\"x\"},\"y\":{\"id\":2,\"n\":\"y\"}}",
    ),
    ("IN(.[];1,2),any(.[];IN(1,3)),all(.[];. > 0),(.[0]|IN(2))", "[1,3]", "true\ntrue\ntrue\nfalse"),
    (r#"JOIN({"a":1};.[];.k),JOIN({"a":1};.k)"#, r#"[{"k":"a"}]"#, "[{\"k\":\"a\"},1]\n[[{\"k\":\"a\"},1]]"),
    (r#"has("a"),has("b"),(keys|has(0)),("a"|in({"a":1}))"#, r#"{"a":1}"#, "true\nfalse\ntrue\ntrue"),
    ("contains({a:[{b:1}]})", r#"{"a":[{"b":1,"c":2}]}"#, "true"),
    (
        "keys,keys_unsorted,length,add,to_entries[0].key",
        r#"{"b":1,"a":2}"#,
        "[\"a\",\"b\"]\n[\"b\",\"a\"]\n2\n3\n\"b\"",
    ),
    (".[0] + .[1],.[0] * .[1],.[0] - .[1],.[0] / .[1],.[0] % .[1]", "[7,2]", "9\n14\n5\n3.5\n1"),
    ("[.[]|(1 / .)?]", "[1,0,-1]", "[1,-1]"),
    (
        "[3.0,3.10,100000000000000000000,0.1+0.2,1/3]",
        "null",
        "[3.0,3.10,100000000000000000000,0.30000000000000004,0.3333333333333333]",
    ),
    (
        "[1000,1.5,100000000000000000,0.00001,5e-324,0.0001]|map(. * 1.0)",
        "null",
        "[1000,1.5,1e+17,1e-05,5e-324,0.0001]",
    ),
    (".[1.7],.[:length/2],.[length/2]", "[1,2,3]", "2\n[1,2]\n2"),
    (r#". * {"a":{"b":2}}"#, r#"{"a":{"c":1}}"#, r#"{"a":{"c":1,"b":2}}"#),
    (r#""abc" * 2"#, "null", r#""abcabc""#),
    ("[.[]|round,ceil,floor]", "[1.5,-1.5]", "[2,2,1,-2,-1,-2]"),
    (
        r#"tojson,(tojson|fromjson),@json "x\(.)""#,
        r#"{"b":2,"a":[1,null,"é"]}"#,
        "\"{\\\"b\\\":2,\\\"a\\\":[1,null,\\\"é\\\"]}\"\n{\"b\":2,\"a\":[1,null,\"é\"]}\n\"x{\\\"b\\\":2,\\\"a\\\":[1,null,\\\"é\\\"]}\"",
    ),
    (
        "label $out | foreach .[] as $i (0; . + $i; if . > 3 then ., break $out else empty end)",
        "[1,2,3,4]",
        "6",
    ),
    (
        r#"{(.a,.b):1},{a:(1,2)},{"x y":1},{a},{"a b"},{@base64 "x":1}"#,
        r#"{"a":"k","b":"l"}"#,
        "{\"k\":1}\n{\"l\":1}\n{\"a\":1}\n{\"a\":2}\n{\"x y\":1}\n{\"a\":\"k\"}\n{\"a b\":null}\n{\"x\":1}",
    ),
    (
        "$__loc__,{$__loc__}",
        "null",
        "{\"file\":\"<top-level>\",\"line\":1}\n{\"__loc__\":{\"file\":\"<top-level>\",\"line\":1}}",
    ),
    (r#"if . then "yes" end,(if false then 1 elif null then 2 else 3 end)"#, "true", "\"yes\"\n3"),
    ("def f(x): x * 2; def g($a; $b): $a + $b; f(.),g(1;.)", "3", "6\n4"),
    ("combinations", "[[1,2],[3,4]]", "[1,3]\n[1,4]\n[2,3]\n[2,4]"),
    (
        "[.[]|numbers],[.[]|strings],[.[]|scalars],[.[]|iterables],[.[]|type]",
        r#"[[],{},1,"x",null,true]"#,
        "[1]\n[\"x\"]\n[1,\"x\",null,true]\n[[],{}]\n[\"array\",\"object\",\"number\",\"string\",\"null\",\"boolean\"]",
    ),
    (r#"[getpath(["a",0,"b"])],[.. | numbers]"#, r#"{"a":[{"b":3}]}"#, "[3]\n[3]"),
    ("min,max,unique,sort,reverse,add", "[3,1,2,1]", "1\n3\n[1,2,3]\n[1,1,2,3]\n[1,2,1,3]\n7"),
    ("tojson", r#""\u007f<'""#, r#""\"\\u007f<'\"""#),
    ("@uri", r#""ü -_.~!*'()""#, r#""%C3%BC%20-_.~%21%2A%27%28%29""#),
    (r#"splits(", ")"#, r#""a, b""#, "\"a\"\n\"b\""),
    ("limit(1;.[]),first(.[]),([.[]]|last)", "[1,2]", "1\n1\n2"),
    (".[] as [$a] | {a:$a}", "[[0],[2,1]]", "{\"a\":0}\n{\"a\":2}"),
    ("now > 0,(now|type),(now|floor|type)", "null", "true\n\"number\"\n\"number\""),
    (r#"getpath(["a"]) = 3"#, "{}", r#"{"a":3}"#),
    ("implode", "[128512]", r#""😀""#),
    (r#"strftime("%A, %B %d, %Y")"#, "1435677542", r#""Tuesday, June 30, 2015""#),
    ("[.[]|tojson|fromjson]", r#"[1,"foo",["foo"]]"#, r#"[1,"foo",["foo"]]"#),
    ("ascii_upcase", r#""useful but not for é""#, r#""USEFUL BUT NOT FOR é""#),
    (r#"[splits("a+";"g")]"#, r#""baab""#, r#"["b","b"]"#),
    (
        "from_entries",
        r#"[{"name":"a","Value":1},{"k":"b","v":2},{"key":"c","value":false}]"#,
        r#"{"a":1,"b":2,"c":false}"#,
    ),
    ("[leaf_paths]", "[1,[[2]]]", "[[0],[1,0,0]]"),
    ("ascii", "65", "\"A\""),
    (
        "todate,(gmtime|todate),dateadd(\"seconds\";60)",
        "1425599621.5",
        "\"2015-03-05T23:53:41Z\"\n\"2015-03-05T23:53:41Z\"\n1425599681.5",
    ),
];

/// R21: `INDEX` was missing, `{}|.a.b=1` failed, and `4/2` was `2.0`.
#[test]
fn expressions_mean_what_they_mean_in_jq() {
    let mut wrong = Vec::new();
    for (expression, input, expected) in CASES {
        let whole = format!("({expression}) | tojson");
        let mut out = Vec::new();
        let outcome = JqFilter::compile(&whole, &[])
            .map_err(|error| error.to_string())
            .and_then(|filter| filter.write(input.as_bytes(), &mut out).map_err(|error| error.to_string()));
        let shown = String::from_utf8_lossy(&out).trim_end().to_owned();
        if outcome.is_err() || shown != *expected {
            wrong.push(format!("{expression} on {input}\n  {shown} {outcome:?}\n  and not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

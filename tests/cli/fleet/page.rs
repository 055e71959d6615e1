//! Pages as a browser renders them.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::acting::{ACME_ADMIN, World};
use crate::common::env::Env;
use crate::common::platform::PASSWORD_HASH;
use crate::common::tools::installed;

/// Names that would be more than text, or wider than a phone, if a page took them for it.
const HOSTILE: [&str; 6] = [
    "<script>document.title='evil'</script>",
    "</td></tr></table><h1>Title</h1>",
    "&lt;b&gt; & \"quotes\" 'single'",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "العربية עברית 漢字",
    "javascript:alert(1) onload=x",
];

const COMPANIES: usize = 20;
const ACCOUNTS: usize = 9;

/// Columns of a slice for paper, the accounts not counted.
const SHEET: usize = 11;

/// Companies with hostile names, and accounts of which each has access in two thirds of them.
fn seed() -> String {
    let companies: Vec<Value> =
        (0..COMPANIES).map(|number| json!({"name": HOSTILE[number % HOSTILE.len()]})).collect();
    let everywhere: Vec<Value> =
        (1..=COMPANIES).map(|id| json!({"company": id, "role": "company-admin"})).collect();
    let accounts = (0..ACCOUNTS).map(|number| {
        let name = if number == 0 { "x".repeat(64) } else { format!("bot-{number}") };
        let access = (1..=COMPANIES).filter(|id| (number + id) % 3 > 0);
        let access = access.map(|id| match (number * id) % 5 {
            0 => json!({"company": id, "permissions": ["devices:view"]}),
            _ => json!({"company": id, "role": "viewer"}),
        });
        let access: Vec<Value> = access.collect();
        json!({"name": name, "owner": 1, "password_hash": PASSWORD_HASH, "access": access})
    });
    let user = json!({"email": ACME_ADMIN, "password_hash": PASSWORD_HASH, "access": everywhere});
    let seed = json!({"company": companies, "user": [user], "service_account": accounts.collect::<Vec<_>>()});
    toml::to_string(&seed).unwrap()
}

/// What a page says about each of `pages` in a window of the width of a phone.
const SCRIPT: &str = r#"
const results = [];
const look = (frame) => {
  const page = frame.contentDocument;
  const shown = [...page.querySelectorAll('.scroll:not(.paper)')];
  const count = (of, what) => of.reduce((sum, one) => sum + one.querySelectorAll(what).length, 0);
  results.push({
    width: page.documentElement.scrollWidth,
    heads: shown.flatMap((one) => [...one.querySelectorAll('thead th')].map((head) => head.textContent)),
    cells: count(shown, 'td'),
    rows: count(shown, 'tbody tr'),
    slices: [...page.querySelectorAll('.paper')].map((one) => one.querySelectorAll('thead th').length - 1),
    visible: [...page.querySelectorAll('.paper')].filter((one) => one.offsetHeight > 0).length,
    elements: page.querySelectorAll('script, h1, b, img, a, link').length,
  });
  if (results.length === pages.length) {
    document.body.innerHTML = '<pre id="answer"></pre>';
    document.getElementById('answer').textContent = JSON.stringify(results);
  } else {
    next();
  }
};
const next = () => {
  const frame = document.createElement('iframe');
  frame.style = 'width: 360px; height: 700px; border: 0';
  frame.onload = () => look(frame);
  frame.srcdoc = pages[results.length];
  document.body.append(frame);
};
next();
"#;

/// Renders the pages one after the other, 360 pixels wide, in one browser.
fn rendered(env: &Env, pages: &[String]) -> Vec<Value> {
    let pages = serde_json::to_string(pages).unwrap().replace('<', "\\u003c");
    let around = format!(
        "<!doctype html><meta charset=\"utf-8\"><body><script>const pages = {pages};{SCRIPT}</script></body>"
    );
    let file = env.file("around.html", around);
    let mut browser = assert_cmd::Command::new("chromium");
    browser.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=20000",
        "--dump-dom",
    ]);
    browser.arg(format!("--user-data-dir={}", env.folder().join("browser").display()));
    browser.arg(format!("file://{file}")).timeout(Duration::from_mins(1));
    browser.env_clear().envs(env.variables().iter().cloned());
    let output = browser.output().unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let answer = dom.split("<pre id=\"answer\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let answer = answer.unwrap_or_else(|| panic!("{dom}\n{}", String::from_utf8_lossy(&output.stderr)));
    let text = answer.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A matrix and a receipt come out whole in a browser: every cell is there, no name is anything but text, and nothing
/// is wider than a phone. What is too wide for a sheet is there in slices for the printer alone.
#[test]
fn pages_are_whole_and_fit_a_phone() {
    if !installed(&["chromium"], "SACTL_TEST_REQUIRE_CHROMIUM") {
        return;
    }
    let world = World::seeded(&seed());
    let admin = world.acting(ACME_ADMIN, 1);
    let page = |line: &str| admin.sactl(&format!("{line} -o html")).ok().stdout.clone();
    let pages = [
        page("matrix --companies 1,2,3"),
        page("matrix --companies all"),
        page("revoke bot-1 bot-2 --companies all --max-changes 100 --yes"),
    ];
    let [small, large, receipt] = <[Value; 3]>::try_from(rendered(&admin, &pages)).unwrap();
    for one in [&small, &large, &receipt] {
        assert!(one["width"].as_u64().unwrap() <= 360, "wider than a phone: {one}");
        assert_eq!((&one["elements"], &one["visible"]), (&json!(0), &json!(0)), "{one}");
    }
    let names = |ids: &mut dyn Iterator<Item = usize>| {
        let mut heads = vec!["Account".to_owned()];
        heads.extend(ids.map(|id| format!("{} ({id})", HOSTILE[(id - 1) % HOSTILE.len()])));
        heads.sort();
        heads
    };
    let heads = |one: &Value| {
        let heads = one["heads"].as_array().unwrap().iter().map(|head| head.as_str().unwrap().to_owned());
        let mut heads: Vec<String> = heads.collect();
        heads.sort();
        heads
    };
    assert_eq!(heads(&small), names(&mut (1..=3)));
    assert_eq!(heads(&large), names(&mut (1..=COMPANIES)));
    assert_eq!(small["cells"], json!(3 * ACCOUNTS));
    assert_eq!((&large["rows"], &large["cells"]), (&json!(ACCOUNTS), &json!(COMPANIES * ACCOUNTS)));
    assert_eq!((&small["slices"], &large["slices"]), (&json!([]), &json!([SHEET, COMPANIES - SHEET])));
    let revoked = (1..=2).flat_map(|number| (1..=COMPANIES).filter(move |id| (number + id) % 3 > 0)).count();
    assert_eq!(receipt["rows"], json!(revoked), "{receipt}");
}

//! An editor's conversation with the server, over standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[expect(dead_code, reason = "other test programs use the rest")]
mod common;

use common::{FAULTY, project};

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

struct Editor {
    server: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    root: PathBuf,
    id: i64,
}

impl Editor {
    fn open(root: &Path) -> Self {
        let mut command = common::command(root);
        let mut server = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(server.stdout.take().unwrap());
        let (sender, from) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let to = server.stdin.take();
        let mut editor = Self { server, to, from, root: root.to_path_buf(), id: 0 };
        let uri = editor.uri("");
        let answer = editor.ask(
            "initialize",
            json!({ "capabilities": {}, "workspaceFolders": [{ "uri": uri, "name": "x" }] }),
        );
        assert_eq!(answer["capabilities"]["hoverProvider"], true);
        editor.tell("initialized", json!({}));
        editor
    }

    fn uri(&self, path: &str) -> String {
        format!("file://{}", self.root.join(path).display()).trim_end_matches('/').to_owned()
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        let to = self.to.as_mut().unwrap();
        write!(to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        to.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.from.recv_timeout(PATIENCE).expect("an answer");
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{message}");
                return message["result"].clone();
            }
        }
    }

    fn change(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "version": 2 });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [{ "text": text }] }),
        );
    }

    fn show(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "languageId": "python", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// The next diagnostics of a file that `right` accepts.
    fn diagnostics(&self, path: &str, right: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        loop {
            let message = self.from.recv_timeout(PATIENCE).expect("diagnostics");
            if message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == self.uri(path)
            {
                let all = message["params"]["diagnostics"].as_array().unwrap().clone();
                if right(&all) {
                    return all;
                }
            }
        }
    }

    fn close(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        drop(self.to.take());
        assert!(self.server.wait().unwrap().success());
    }
}

fn read(out: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(number) => length = number.parse().ok()?,
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

const SETTINGS: &str = "shop/settings.py";

fn place(text: &str, needle: &str) -> Value {
    let at = text.find(needle).unwrap();
    let line = text[..at].matches('\n').count();
    json!({ "line": line, "character": text[..at].rsplit('\n').next().unwrap().encode_utf16().count() })
}

#[test]
fn diagnostics_hovers_and_actions_for_unsaved_text() {
    let root = project("lsp-basic", FAULTY);
    let text = FAULTY[3].1;
    let mut editor = Editor::open(&root);
    let first = editor.diagnostics(SETTINGS, |it| !it.is_empty());
    assert_eq!(first.len(), 1);
    assert_eq!(
        (first[0]["code"].as_str(), first[0]["severity"].as_i64()),
        (Some("cookie-no-secure"), Some(1))
    );
    assert_eq!(first[0]["range"]["start"], place(text, "False\nCSRF"));

    // a letter of two UTF-16 units before the place, and another line above; nothing is saved
    let unsaved = text.replace("SECURE_SSL", "note = \"\u{1f36a}\"; x = 1\nSECURE_SSL");
    editor.show(SETTINGS, &unsaved);
    let moved = editor.diagnostics(SETTINGS, |it| it.iter().any(|it| it["range"]["start"]["line"] == 3));
    assert_eq!(moved[0]["range"]["start"], place(&unsaved, "False\nCSRF"));

    let at = place(&unsaved, "False\nCSRF");
    let document = json!({ "uri": editor.uri(SETTINGS) });
    let hover = editor.ask("textDocument/hover", json!({ "textDocument": document, "position": at }));
    let shown = hover["contents"]["value"].as_str().unwrap().to_owned();
    assert!(
        shown.contains("cookie `sessionid`") && shown.contains("| secure | off | shop/settings.py:4 |"),
        "{shown}"
    );
    assert!(shown.contains("**cookie-no-secure** (high)") && shown.contains("RFC 6265bis"), "{shown}");
    let nothing = editor.ask(
        "textDocument/hover",
        json!({ "textDocument": document, "position": { "line": 0, "character": 0 } }),
    );
    assert_eq!(nothing, Value::Null);

    let actions = editor.ask(
        "textDocument/codeAction",
        json!({ "textDocument": document, "range": { "start": at, "end": at }, "context": { "diagnostics": [] } }),
    );
    let actions = actions.as_array().unwrap();
    let edit = |index: usize| actions[index]["edit"]["changes"][editor.uri(SETTINGS)][0].clone();
    assert_eq!(actions.len(), 2, "{actions:?}");
    assert_eq!(
        (actions[0]["isPreferred"].as_bool(), edit(0)["newText"].as_str()),
        (Some(true), Some("True"))
    );
    assert_eq!(edit(0)["range"]["start"], at);
    assert_eq!(edit(1)["newText"], "# sessionlint: ignore[cookie-no-secure] say why\n");

    editor.change(SETTINGS, &unsaved.replace("COOKIE_SECURE = False", "COOKIE_SECURE = True"));
    assert!(editor.diagnostics(SETTINGS, <[_]>::is_empty).is_empty());
    // closed without saving: the file on disk counts again
    editor.tell("textDocument/didClose", json!({ "textDocument": document }));
    editor.diagnostics(SETTINGS, |it| it.len() == 1);
    editor.close();
}

#[test]
fn the_configuration_is_that_of_the_command_line() {
    let mut files = FAULTY.to_vec();
    files.push(("sessionlint.toml", "[rules.cookie-no-secure]\nseverity = \"info\"\n"));
    let root = project("lsp-configured", &files);
    let mut editor = Editor::open(&root);
    let first = editor.diagnostics(SETTINGS, |it| !it.is_empty());
    assert_eq!(first[0]["severity"], 4);
    common::write(&root, "sessionlint.toml", b"[rules.cookie-no-secure]\noff = true\n");
    let uri = editor.uri("sessionlint.toml");
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    editor.diagnostics(SETTINGS, <[_]>::is_empty);
    common::write(&root, "sessionlint.toml", b"rule = 3\n");
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    let told = editor.from.recv_timeout(PATIENCE).unwrap();
    assert!(told["params"]["message"].as_str().unwrap().contains("unknown key `rule`"), "{told}");
    editor.close();
}

#[test]
fn nonsense_is_answered_and_ends_nothing() {
    let root = project("lsp-nonsense", FAULTY);
    let mut editor = Editor::open(&root);
    editor.diagnostics(SETTINGS, |it| !it.is_empty());
    editor
        .send(&json!({ "jsonrpc": "2.0", "id": 900, "method": "textDocument/hover", "params": { "x": 1 } }));
    editor.send(&json!({ "jsonrpc": "2.0", "id": 901, "method": "no/such", "params": null }));
    for id in [900, 901] {
        let answer = editor.from.recv_timeout(PATIENCE).unwrap();
        assert_eq!(answer["id"], id);
        assert!(answer["error"]["code"].is_i64(), "{answer}");
    }
    editor.change("shop/elsewhere.py", "x = (");
    editor.change(SETTINGS, "x = ((((\n\u{0}");
    editor.diagnostics(SETTINGS, <[_]>::is_empty);
    editor.close();
}

/// A module of many views, two lines of which are about cookies.
fn long(lines: usize) -> String {
    let view = |number: usize| {
        format!(
            "\n\ndef view_{number}(request):\n    total = {number} + len(request.GET)\n    return HttpResponse(str(total))\n"
        )
    };
    let views: String = (0..lines / 5).map(view).collect();
    let text = format!("from django.http import HttpResponse\n{views}");
    text + "\n\ndef last(request):\n    response = HttpResponse(\"ok\")\n    response.set_cookie(\"auth_token\", request.user.token, httponly=True, samesite=\"Lax\")\n    return response\n"
}

#[test]
fn a_change_in_a_long_file_is_answered_soon() {
    let text = long(5000);
    let mut files = FAULTY.to_vec();
    files.push(("shop/views.py", &text));
    let root = project("lsp-long", &files);
    let mut editor = Editor::open(&root);
    editor.diagnostics("shop/views.py", |it| it.len() == 1);
    editor.show("shop/views.py", &text);
    editor.diagnostics("shop/views.py", |it| it.len() == 1);
    let mut times = Vec::new();
    for number in 0..8 {
        let secure = number % 2 == 0;
        let new =
            if secure { text.replace("httponly=True", "httponly=True, secure=True") } else { text.clone() };
        let started = Instant::now();
        editor.change("shop/views.py", &new);
        editor.diagnostics("shop/views.py", |it| it.is_empty() == secure);
        times.push(started.elapsed());
    }
    times.sort();
    let middle = times[times.len() / 2].as_millis();
    println!("median {middle} ms");
    // a bound that a busy machine and an unoptimised build keep
    assert!(times[times.len() / 2] < Duration::from_secs(10), "{times:?}");
    editor.close();
}

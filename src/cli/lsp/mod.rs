//! `lsp`: findings while one types. Standard input and output only; the configuration is the one that `check` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lsp_server::{Connection, ExtractError, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::Notification as _;
use lsp_types::request::Request as _;
use lsp_types::{notification, request};
use serde_json::{Value, json};

mod answer;
mod place;

use super::args::{Global, ProjectArgs};
use super::project::Project;
use super::{Ending, Failure};
use crate::check::{self, Kept, Options, Report};
use crate::source::FileId;
use place::Root;

pub(super) fn run(global: &Global) -> Result<Ending, Failure> {
    let (connection, threads) = Connection::stdio();
    let capabilities = json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": { "openClose": true, "change": 1, "save": true },
        "hoverProvider": true,
        "codeActionProvider": { "codeActionKinds": ["quickfix"] },
    });
    let gone = |error: lsp_server::ProtocolError| Failure::new(format_args!("the editor went away: {error}"));
    let asked = connection.initialize(capabilities).map_err(gone)?;
    let mut server = Server::new(&connection, root_of(&asked), global);
    server.open();
    server.serve();
    drop(connection);
    // the threads end with the streams; there is nobody left to tell
    let _ = threads.join();
    Ok(Ending::Clean)
}

/// The first folder of the editor's workspace, else where the server was started.
fn root_of(asked: &Value) -> PathBuf {
    let uri = asked
        .pointer("/workspaceFolders/0/uri")
        .or_else(|| asked.get("rootUri"))
        .and_then(Value::as_str)
        .and_then(place::path_of);
    uri.or_else(|| std::env::current_dir().ok()).unwrap_or_else(|| PathBuf::from("."))
}

struct Server<'a> {
    connection: &'a Connection,
    global: &'a Global,
    root: Root,
    options: Options,
    /// The last run, with the unsaved texts in it.
    report: Report,
    kept: Kept,
    /// Unsaved texts by path relative to the root.
    open: BTreeMap<String, String>,
    /// Texts that the last run does not know yet; `None` is the one on disk.
    news: BTreeMap<String, Option<String>>,
    /// Files that have diagnostics in the editor.
    shown: BTreeSet<String>,
}

impl<'a> Server<'a> {
    fn new(connection: &'a Connection, root: PathBuf, global: &'a Global) -> Self {
        Self {
            connection,
            global,
            root: Root::new(root),
            options: Options::default(),
            report: Report::default(),
            kept: Kept::new(),
            open: BTreeMap::new(),
            news: BTreeMap::new(),
            shown: BTreeSet::new(),
        }
    }

    /// Reads configuration and project from disk.
    fn open(&mut self) {
        let arguments = ProjectArgs { paths: vec![self.root.path().to_path_buf()], ..ProjectArgs::default() };
        let project = match Project::open(&arguments, self.global) {
            Ok(project) => project,
            Err(Failure(message)) => {
                let params = json!({ "type": 1, "message": message });
                self.send(notification::ShowMessage::METHOD, params);
                return;
            }
        };
        self.options = project.options(Options::default());
        match super::baseline::load(&project, None, crate::report::Style::default()) {
            Ok(baseline) => self.options.baseline = baseline,
            Err(Failure(message)) => {
                self.send(notification::ShowMessage::METHOD, json!({ "type": 2, "message": message }));
            }
        }
        self.report = Report { workspace: project.workspace(), ..Report::default() };
        self.kept = Kept::new();
        self.news = self.open.iter().map(|(path, text)| (path.clone(), Some(text.clone()))).collect();
        self.look();
    }

    /// Judges the project with what changed, and tells the editor.
    fn look(&mut self) {
        let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
        for (path, text) in std::mem::take(&mut self.news) {
            let Some(file) = self.report.workspace.file(&path) else { continue };
            let text = text.or_else(|| std::fs::read_to_string(self.root.path().join(&path)).ok());
            texts.extend(text.map(|it| (file, it)));
        }
        let workspace = self.report.workspace.edited(&texts);
        self.report = check::rerun(workspace, &self.options, &mut self.kept);
        self.publish();
    }

    fn publish(&mut self) {
        let mut all = answer::diagnostics(&self.report, &self.root);
        let now: BTreeSet<String> = all.keys().cloned().collect();
        for gone in self.shown.difference(&now) {
            all.insert(gone.clone(), Vec::new());
        }
        for (path, diagnostics) in all {
            let params = json!({ "uri": self.root.uri(&path), "diagnostics": diagnostics });
            self.send(notification::PublishDiagnostics::METHOD, params);
        }
        self.shown = now;
    }

    fn send(&self, method: &str, params: Value) {
        // an editor that went away is noticed when the next message is read
        let _ = self.connection.sender.send(Notification::new(method.to_owned(), params).into());
    }

    fn serve(&mut self) {
        while let Ok(first) = self.connection.receiver.recv() {
            // what is waiting already is taken together: while one types only the last text counts
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Request(request) => {
                        if self.connection.handle_shutdown(&request).unwrap_or(true) {
                            return;
                        }
                        self.catch_up();
                        let response = self.respond(request);
                        let _ = self.connection.sender.send(response.into());
                    }
                    Message::Notification(it) => self.note(it),
                    Message::Response(_) => {}
                }
                next = self.connection.receiver.try_recv().ok();
            }
            self.catch_up();
        }
    }

    fn catch_up(&mut self) {
        if !self.news.is_empty() {
            self.look();
        }
    }

    fn note(&mut self, it: Notification) {
        let document = |key: &str| it.params.pointer(key).and_then(Value::as_str).map(str::to_owned);
        let path = document("/textDocument/uri").and_then(|it| self.root.relative(&it));
        match (it.method.as_str(), path) {
            (notification::DidOpenTextDocument::METHOD, Some(path)) => {
                self.changed(path, document("/textDocument/text"));
            }
            (notification::DidChangeTextDocument::METHOD, Some(path)) => {
                self.changed(path, document("/contentChanges/0/text"));
            }
            (notification::DidCloseTextDocument::METHOD, Some(path)) => {
                self.open.remove(&path);
                self.news.insert(path, None);
            }
            // settings, manifests and new files may change everything
            (notification::DidSaveTextDocument::METHOD | notification::DidChangeWatchedFiles::METHOD, _) => {
                self.open();
            }
            _ => {}
        }
    }

    fn changed(&mut self, path: String, text: Option<String>) {
        if let Some(text) = text {
            self.open.insert(path.clone(), text.clone());
            self.news.insert(path, Some(text));
        }
    }

    fn respond(&mut self, request: Request) -> Response {
        let mut kept = std::mem::take(&mut self.kept);
        let response = self.answer(request, &mut kept);
        self.kept = kept;
        response
    }

    fn answer(&self, request: Request, kept: &mut Kept) -> Response {
        match request.method.as_str() {
            request::HoverRequest::METHOD => self.with(request, |it: lsp_types::HoverParams| {
                let at = it.text_document_position_params;
                answer::hover(&self.report, &self.root, at.text_document.uri.as_str(), at.position)
            }),
            request::CodeActionRequest::METHOD => self.with(request, |it: lsp_types::CodeActionParams| {
                let uri = it.text_document.uri.as_str();
                Some(answer::actions(&self.report, &self.options, kept, &self.root, uri, it.range))
            }),
            _ => Response::new_err(request.id, -32601, format!("no method `{}`", request.method)),
        }
    }

    fn with<P: serde::de::DeserializeOwned>(
        &self,
        request: Request,
        answer: impl FnOnce(P) -> Option<Value>,
    ) -> Response {
        let id: RequestId = request.id.clone();
        let method = request.method.clone();
        match request.extract::<P>(&method) {
            Ok((id, params)) => Response::new_ok(id, answer(params)),
            Err(ExtractError::JsonError { error, .. }) => Response::new_err(id, -32602, error.to_string()),
            Err(ExtractError::MethodMismatch(_)) => Response::new_err(id, -32600, "another method".into()),
        }
    }
}

// Starts the extension beside stand-ins for the editor and its client: `node --test` in this folder's parent.
const assert = require("node:assert/strict");
const Module = require("node:module");
const { beforeEach, test } = require("node:test");

let said;
let settings;
let fails;
const registered = new Map();

const vscode = {
  commands: { registerCommand: (name, run) => (registered.set(name, run), { dispose() {} }) },
  window: { showErrorMessage: (text) => said.push(`error: ${text}`) },
  workspace: {
    getConfiguration: (section) => ({ get: (key) => settings[`${section}.${key}`] }),
    createFileSystemWatcher: (glob) => ({ glob }),
  },
};

class LanguageClient {
  constructor(id, name, server, options) {
    said.push(`new ${id}: ${server.command} ${server.args.join(" ")}`);
    this.options = options;
    LanguageClient.last = this;
  }
  async start() {
    if (fails) throw new Error("no such file");
    said.push("start");
  }
  async stop() {
    said.push("stop");
  }
}

const stands = { vscode, "vscode-languageclient/node": { LanguageClient, TransportKind: { stdio: 0 } } };
const load = Module._load;
Module._load = (name, ...rest) => stands[name] ?? load(name, ...rest);
const extension = require("../src/extension.js");

beforeEach(() => {
  said = [];
  settings = {};
  fails = false;
});

test("it starts the server, restarts it on command and stops it", async () => {
  const context = { subscriptions: [] };
  await extension.activate(context);
  assert.deepEqual(said, ["new sessionlint: sessionlint lsp", "start"]);
  assert.equal(context.subscriptions.length, 1);
  const languages = LanguageClient.last.options.documentSelector.map((it) => it.language);
  assert.ok(["rust", "python", "toml", "yaml"].every((it) => languages.includes(it)));
  said = [];
  await registered.get("sessionlint.restart")();
  assert.deepEqual(said, ["stop", "new sessionlint: sessionlint lsp", "start"]);
  said = [];
  await extension.deactivate();
  await extension.deactivate();
  assert.deepEqual(said, ["stop"]);
});

test("the binary is the one of the settings, and a failure is shown", async () => {
  settings = { "sessionlint.path": "/opt/sessionlint" };
  fails = true;
  await extension.activate({ subscriptions: [] });
  assert.deepEqual(said, ["new sessionlint: /opt/sessionlint lsp", "error: sessionlint does not start: no such file"]);
});

test("everything that the manifest names is there", () => {
  const manifest = require("../package.json");
  for (const { command } of manifest.contributes.commands) assert.ok(registered.has(command), command);
  assert.ok(require("node:fs").existsSync(require("node:path").join(__dirname, "..", manifest.main)));
});

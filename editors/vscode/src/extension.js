// Starts `sessionlint lsp` and lets it speak for itself.
const { commands, window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const LANGUAGES = ["rust", "python", "toml", "yaml", "json", "dotenv", "ini"];

let client;

async function start() {
  const command = workspace.getConfiguration("sessionlint").get("path") || "sessionlint";
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("sessionlint", "sessionlint", server, {
    documentSelector: LANGUAGES.map((language) => ({ scheme: "file", language })),
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/{sessionlint.toml,sessionlint-baseline.toml,Cargo.lock}") },
  });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(`sessionlint does not start: ${error.message}`);
  }
}

exports.activate = async (context) => {
  const restart = async () => {
    await exports.deactivate();
    await start();
  };
  context.subscriptions.push(commands.registerCommand("sessionlint.restart", restart));
  await start();
};

exports.deactivate = async () => {
  const running = client;
  client = undefined;
  await running?.stop();
};

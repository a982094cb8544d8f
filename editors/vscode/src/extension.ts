import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** The livegan program: that of the settings, of a virtual environment of the workspace, or of PATH. */
function program(): string {
  const chosen = vscode.workspace.getConfiguration("livegan").get<string>("command", "").trim();
  if (chosen) {
    return chosen;
  }
  const inside = process.platform === "win32" ? ["Scripts", "livegan.exe"] : ["bin", "livegan"];
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    for (const environment of [".venv", "venv"]) {
      const found = path.join(folder.uri.fsPath, environment, ...inside);
      if (fs.existsSync(found)) {
        return found;
      }
    }
  }
  return "livegan";
}

async function start(): Promise<void> {
  const command = program();
  const prove = vscode.workspace.getConfiguration("livegan").get<boolean>("prove", true);
  client = new LanguageClient(
    "livegan",
    "livegan",
    { command, args: ["lsp"] },
    {
      documentSelector: [{ scheme: "file", language: "python" }],
      initializationOptions: { pictures: true, prove },
      middleware: {
        // From the palette a command has no document: it is meant for the one that is open.
        executeCommand: (name, args, next) => {
          const shown = vscode.window.activeTextEditor?.document.uri.toString();
          return next(name, args.length || !shown ? args : [shown]);
        },
      },
    },
  );
  try {
    await client.start();
  } catch {
    void vscode.window.showErrorMessage(
      `livegan cannot be started as "${command}". Install it with: pip install 'livegan[lsp]', ` +
        "or say in the setting livegan.command where it is.",
    );
  }
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("livegan.restart", async () => {
      await deactivate();
      await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop().catch(() => undefined);
}

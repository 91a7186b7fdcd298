import * as vscode from 'vscode';
import type { ChatModel, LanguageModels } from './languageModel.ts';

/** VS Code's own. */
export function languageModels(): LanguageModels {
  return {
    select: async () => (await vscode.lm.selectChatModels()) as unknown as readonly ChatModel[],
    user: (parts) =>
      vscode.LanguageModelChatMessage.User([...parts] as vscode.LanguageModelTextPart[]),
    assistant: (parts) =>
      vscode.LanguageModelChatMessage.Assistant([...parts] as vscode.LanguageModelTextPart[]),
    text: (value) => new vscode.LanguageModelTextPart(value),
    call: (id, name, input) => new vscode.LanguageModelToolCallPart(id, name, input),
    result: (id, text) =>
      new vscode.LanguageModelToolResultPart(id, [new vscode.LanguageModelTextPart(text)]),
    isText: (part) => part instanceof vscode.LanguageModelTextPart,
    isCall: (part) => part instanceof vscode.LanguageModelToolCallPart,
    cancellation: () => new vscode.CancellationTokenSource(),
  };
}

import * as z from 'zod/mini';
import type { Submission } from '../../core/attempt.ts';
import type { ToolSpec } from '../../core/model.ts';
import type { Diagnostics } from '../../core/diagnostics.ts';
import type { Git, Shell } from '../../core/ports.ts';
import type { TestRunner } from '../../core/testRun.ts';

/** What the tools share with whoever protects files: may this path be changed? */
export interface EditGuard {
  /** `path` is relative to the repository, with `/`, as the model wrote it. */
  check(path: string): { readonly ok: true } | Refusal;
}

interface Refusal {
  readonly ok: false;
  readonly rule: string;
  /** review: may be written; the gate shows it to a person. Left out: block. */
  readonly verdict?: 'block' | 'review';
}

export interface ToolContext {
  /** The worktree, an absolute path without symbolic links. */
  readonly root: string;
  readonly git: Git;
  /** Commit the attempt started from. */
  readonly base: string;
  readonly tests?: TestRunner | undefined;
  /** Runs ripgrep, where it is installed; git searches where it is not. */
  readonly shell?: Shell | undefined;
  readonly commands?: AllowedCommands | undefined;
  /** undefined: the workspace has no checker that is known. */
  readonly diagnostics?: Diagnostics | undefined;
  /** Files that are not shown although they lie there: where the tools read the user's own folder. */
  readonly isHidden?: ((path: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  readonly guard: EditGuard;
  readonly onRefused: (path: string, rule: string) => void;
  readonly submit: (submission: Submission) => Promise<Verdict>;
}

/** Commands the user allows the model, to be run in a sandbox only. */
export interface AllowedCommands {
  /** A sandbox: what it runs reaches neither the network nor files outside the worktree. */
  readonly shell: Shell;
  /** Each the first words of a command: `npm run lint`. */
  readonly allowed: readonly string[];
}

export interface Verdict {
  readonly accepted: boolean;
  readonly feedback: string;
}

export interface ToolResult {
  readonly ok: boolean;
  readonly text: string;
  /** Set when a submission was accepted: the attempt is done. */
  readonly submission?: Submission;
}

export interface Tool {
  readonly name: string;
  /** Made on first use: schemas are not worth a moment of anyone's start-up. */
  spec(): ToolSpec;
  /** Calls of these may run beside each other. */
  readonly readOnly: boolean;
  /** `ok: false` is an answer (tests fail), not a mistake. */
  readonly failureAnswers: boolean;
  /** One short line for a person: which file, what pattern. */
  detail(input: unknown): string;
  /** Never rejects for what the model did wrong; that is a result with `ok: false`. */
  run(input: unknown, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
}

interface Definition<T> {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodMiniType<T>;
  readonly readOnly: boolean;
  readonly failureAnswers?: boolean;
  detail(input: T): string;
  run(input: T, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
}

/** One schema gives both the validation and what the model is told. */
export function defineTool<T>(definition: Definition<T>): Tool {
  const { name, description } = definition;
  let spec: ToolSpec | undefined;
  return {
    name,
    spec: () => (spec ??= { name, description, inputSchema: schemaOf(definition.input) }),
    readOnly: definition.readOnly,
    failureAnswers: definition.failureAnswers ?? false,
    detail(input) {
      const parsed = z.safeParse(definition.input, input);
      return parsed.success ? definition.detail(parsed.data) : 'invalid input';
    },
    async run(input, context, signal) {
      const parsed = z.safeParse(definition.input, input);
      if (parsed.success) return await definition.run(parsed.data, context, signal);
      const problems = parsed.error.issues.slice(0, 5).map(describeIssue).join('; ');
      return failed(`The input of ${name} is not valid: ${problems}.`);
    },
  };
}

function schemaOf(input: z.ZodMiniType): ToolSpec['inputSchema'] {
  const { $schema: _, ...schema } = z.toJSONSchema(input);
  return schema;
}

export function done(text: string): ToolResult {
  return { ok: true, text };
}

export function failed(text: string): ToolResult {
  return { ok: false, text };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const field = issue.path.length > 0 ? `\`${issue.path.map(String).join('.')}\`` : 'the input';
  switch (issue.code) {
    case 'invalid_type':
      return `${field} must be of type ${issue.expected}`;
    case 'too_small':
      return `${field} must be at least ${issue.minimum}${lengthUnit(issue.origin)}`;
    case 'too_big':
      return `${field} must be at most ${issue.maximum}${lengthUnit(issue.origin)}`;
    default:
      return `${field}: ${issue.message}`;
  }
}

function lengthUnit(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' items long' : '';
}

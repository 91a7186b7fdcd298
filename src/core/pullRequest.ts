/** A patch that waits on a forge (GitHub, GitLab) instead of here. */

export type ForgeKind = 'github' | 'gitlab';

export interface PullRequest {
  readonly forge: ForgeKind;
  readonly number: number;
  readonly url: string;
  readonly draft: boolean;
  readonly state: 'open' | 'merged' | 'closed';
  /** What the forge's checks say of its newest commit. */
  readonly checks: 'pending' | 'passed' | 'failed' | 'none';
  readonly openedAt: string;
  /** When its state was last asked for. */
  readonly seenAt: string;
  /** Set once it was merged. */
  readonly mergeCommit?: string;
  /** Of reviewers, oldest first, as far as they were read. */
  readonly comments: readonly ReviewComment[];
}

export interface ReviewComment {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  readonly text: string;
  readonly path?: string;
  readonly line?: number;
}

/** A repository on a forge. */
export interface ForgeRepository {
  readonly forge: ForgeKind;
  /** `https://api.github.com`, `https://git.example.org/api/v3`, `https://gitlab.com/api/v4`. */
  readonly apiUrl: string;
  /** `owner/name`; on GitLab with any number of groups. */
  readonly path: string;
  /** Where a person looks at it. */
  readonly webUrl: string;
}

export interface NewPullRequest {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
}

/** What is asked of a forge; each rejects with `forge_*` or `cancelled`. */
export interface Forge {
  open(wanted: NewPullRequest, signal?: AbortSignal): Promise<PullRequest>;
  /** Gives an open one the labels and reviewers that opening it has not; may be done again. */
  dress(number: number, wanted: NewPullRequest, signal?: AbortSignal): Promise<void>;
  /** The open one of a branch. */
  find(branch: string, signal?: AbortSignal): Promise<PullRequest | undefined>;
  /** undefined where it was deleted. */
  state(number: number, signal?: AbortSignal): Promise<PullRequest | undefined>;
}

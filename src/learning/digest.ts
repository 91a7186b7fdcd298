import type { Attempt } from '../core/attempt.ts';
import type { Ticket } from '../core/ticket.ts';
import type { HistoricRequest, History } from './history.ts';
import { likeness, wordsOf } from './words.ts';

/** What went wrong before near the code that a ticket is about, for the model to do better. */
export interface Lesson {
  readonly kind: 'rejected' | 'rolled_back' | 'failed';
  readonly at: string;
  /** Of the patch, or what its ticket names where there was none. */
  readonly files: readonly string[];
  readonly text: string;
  /** How many lessons said the same. */
  readonly times: number;
}

export type About = Pick<Ticket, 'id' | 'title' | 'filesToModify' | 'metadata'>;

/** The rows, and any ticket of theirs that is still there. */
export interface Past extends Pick<History, 'attempts' | 'requests' | 'releases'> {
  ticket(id: string): About | undefined;
}

const maxLessons = 6;
const maxLessonChars = 300;
const maxFiles = 3;
/** Two that share this much of their words say the same. */
const sameWords = 0.6;

/**
 * The lessons nearest to the ticket's code first, of equals the newest; without those that say the same.
 * The comments on the ticket's own patches are not among them: they are given whole.
 */
export function digestOf(past: Past, about: About): readonly Lesson[] {
  const places = placesOf(about);
  const near = lessonsOf(past, about.id)
    .map((lesson) => ({ lesson, nearness: nearnessOf(lesson.files, places) }))
    .filter(({ nearness }) => nearness > 0)
    .sort((a, b) => b.nearness - a.nearness || (a.lesson.at < b.lesson.at ? 1 : -1))
    .map(({ lesson }) => lesson);
  return distinct(near).slice(0, maxLessons);
}

function lessonsOf(past: Past, ownId: string): readonly Lesson[] {
  const { attempts, requests, releases } = past;
  const filesOfTicket = (id: string): readonly string[] => placesOf(past.ticket(id));
  const byId = new Map(requests.map((request) => [request.id, request]));
  const rejected = requests.filter(
    ({ status, ticketId }) => status === 'DENIED' && ticketId !== ownId,
  );
  return [
    ...rejected.map(({ reviewedAt, createdAt, reviewComment, ...request }) =>
      lesson('rejected', reviewedAt ?? createdAt, sourcesOf(request), reviewComment),
    ),
    ...releases.flatMap(({ requestId, rolledBackAt, rollbackReason }) => {
      const request = byId.get(requestId);
      if (!request || rolledBackAt === undefined) return [];
      return [lesson('rolled_back', rolledBackAt, sourcesOf(request), rollbackReason)];
    }),
    ...attempts
      .filter(({ outcome }) => outcome === 'failed')
      .map((attempt) =>
        lesson(
          'failed',
          attempt.endedAt ?? attempt.startedAt,
          filesOfTicket(attempt.ticketId),
          failureOf(attempt),
        ),
      ),
  ].filter(({ text }) => text !== '');
}

function lesson(
  kind: Lesson['kind'],
  at: string,
  files: readonly string[],
  text: string | undefined,
): Lesson {
  const line = (text ?? '').replace(/\s+/g, ' ').trim();
  return { kind, at, files: files.slice(0, maxFiles), text: cut(line), times: 1 };
}

function cut(text: string): string {
  return text.length <= maxLessonChars ? text : `${text.slice(0, maxLessonChars - 1)}…`;
}

/** What a gate found says more than that there was one. */
function failureOf({ gates = [], error }: Pick<Attempt, 'gates' | 'error'>): string | undefined {
  const failed = gates.filter(({ verdict }) => verdict === 'failed');
  return failed.length > 0 ? failed.map(({ id, reason }) => `${id}: ${reason}`).join('; ') : error;
}

function sourcesOf({
  files,
  testFiles,
}: Pick<HistoricRequest, 'files' | 'testFiles'>): readonly string[] {
  return files.map(({ path }) => path).filter((path) => !testFiles.includes(path));
}

export function placesOf(about: About | undefined): readonly string[] {
  if (!about) return [];
  const { location } = about.metadata;
  return [...new Set([...(location ? [location.file] : []), ...about.filesToModify])];
}

/** 3: a file in common; 2: a folder; 1: the folder at the top. */
function nearnessOf(files: readonly string[], places: readonly string[]): number {
  const share = (part: (path: string) => string): boolean =>
    places.some((place) => files.some((file) => endsIn(part(file), part(place))));
  if (share((path) => path)) return 3;
  if (share(folderOf)) return 2;
  return share((path) => path.split('/', 1)[0] ?? path) ? 1 : 0;
}

/** Files of patches are named from the repository, those of tickets from the folder in it. */
function endsIn(file: string, place: string): boolean {
  return file === place || file.endsWith(`/${place}`);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

function distinct(lessons: readonly Lesson[]): readonly Lesson[] {
  const kept: { lesson: Lesson; readonly words: ReadonlySet<string> }[] = [];
  for (const lesson of lessons) {
    const words = wordsOf(lesson.text);
    const same = kept.find((one) => likeness(one.words, words) >= sameWords);
    if (same) same.lesson = { ...same.lesson, times: same.lesson.times + 1 };
    else kept.push({ lesson, words });
  }
  return kept.map(({ lesson }) => lesson);
}

import type { Frame } from '../../../core/signal.ts';
import { maxMessageChars, type ParsedException } from '../grammar.ts';

const foreignFile =
  /^\/usr\/|^\/lib(?:64)?\/|^\/opt\/rh\/|libsanitizer|compiler-rt|[\\/]sysdeps[\\/]|(?:^|[\\/])csu[\\/]|^(?:\.{1,2}\/)?(?:nptl|stdlib|malloc|signal|posix|string|elf|debug|assert)\/|[\\/]glibc|[\\/]include[\\/]c\+\+[\\/]|[\\/]gcc[\\/]|^\/build\/|^\/rustc\//;
const foreignName =
  /^(?:__interceptor_|__asan|__tsan|__msan|__lsan|__ubsan|__GI_|__libc_|operator (?:new|delete)|std::|__gnu_cxx|_start\b)/;

/** A frame of C or C++; the system's own files and start-up code are not ours. */
export function nativeFrame(
  name: string | undefined,
  file: string,
  line: string | undefined,
  column?: string,
): Frame {
  const called = shortName(name ?? '');
  return {
    file,
    ...(called === '' ? {} : { function: called }),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
    inApp: line !== undefined && !foreignFile.test(file) && !foreignName.test(called),
  };
}

/** `check` of `void check(int)`, `Cart::add` of `int Cart::add(int) const`. */
export function shortName(signature: string): string {
  const text = signature.slice(0, 1_000).trim();
  if (/^operator\b/.test(text)) return text;
  const open = text.search(/\((?!anonymous|lambda)/);
  const head = (open > 0 ? text.slice(0, open) : text).trim();
  return head.includes('<') || head.includes('(')
    ? head
    : (head.split(/[\s*&]/).findLast((part) => part !== '') ?? head);
}

export function nativeLanguage(file: string | undefined, name = ''): string {
  const ending = /\.([a-z+]{1,5})$/i.exec(file ?? '')?.[1]?.toLowerCase() ?? '';
  if (ending === 'c') return 'c';
  if (ending === 'rs') return 'rust';
  if (ending === 'swift') return 'swift';
  if (ending === 'go') return 'go';
  if (['cc', 'cpp', 'cxx', 'c++', 'hpp', 'hxx', 'hh', 'h', 'ipp', 'mm', 'cu'].includes(ending))
    return 'cpp';
  return name.includes('::') ? 'cpp' : 'c';
}

/** The end of a program. */
export function crash(
  type: string,
  message: string,
  frames: readonly Frame[],
  language: string,
): ParsedException {
  return {
    language,
    type,
    message: message.trim().slice(0, maxMessageChars),
    frames,
    causes: [],
    severity: 'fatal',
  };
}

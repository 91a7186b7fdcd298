import { escapes, type Probe, writes } from './probe.ts';

const gitFiles = (folder: string, names: string): string =>
  `G=$(git rev-parse ${folder}); for f in ${names}; do ${writes('$G/$f')}; done; true`;

/** Ways to what git believes, and around the names that are held. */
export const gitProbes: readonly Probe[] = [
  {
    name: "writes to git's files of the worktree",
    script: gitFiles('--git-dir', 'HEAD index gitdir commondir config.worktree locked logs/HEAD'),
    ...escapes,
  },
  {
    name: "writes to git's files of the repository",
    script: `${gitFiles('--git-common-dir', 'objects/info/alternates info/attributes info/exclude packed-refs')}; mkdir $G/worktrees/evil && echo ESCAPED`,
    ...escapes,
  },
  {
    name: 'lets git run hooks by its environment',
    script: `
mkdir h; printf '#!/bin/sh\\necho x > $OUT/hooked\\n' > h/reference-transaction; chmod +x h/*
GIT_DIR=$MAIN/.git git config core.hooksPath $WT/h && echo ESCAPED
GIT_DIR=$MAIN/.git git -c core.hooksPath=$WT/h update-ref refs/heads/evil HEAD && echo ESCAPED
GIT_DIR=$MAIN/.git git symbolic-ref HEAD refs/heads/evil && echo ESCAPED
GIT_OBJECT_DIRECTORY=$MAIN/.git/objects git hash-object -w --stdin </dev/null && echo ESCAPED
GIT_INDEX_FILE=$(git rev-parse --git-dir)/other git read-tree HEAD && echo ESCAPED
ls $OUT/hooked && echo ESCAPED; true`,
    ...escapes,
  },
  {
    name: 'commits, tags, stashes, checks out',
    script: `
git commit -q --allow-empty -m x && echo ESCAPED
git tag evil && echo ESCAPED
git checkout -q -b evil && echo ESCAPED
echo x >> a.txt; git stash && echo ESCAPED
git worktree add /tmp/w HEAD && echo ESCAPED
git pack-refs --all; git gc -q; git worktree prune; true`,
    ...escapes,
  },
  {
    name: 'puts another name in the place of one that is held',
    script: `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.mkdir('fake'); open('fakefile', 'w').write('gitdir: /tmp')
for mine, held in (('fakefile', '.git'), ('fake', 'node_modules'), ('fakefile', '.env')):
  done = libc.renameat2(-100, mine.encode(), -100, held.encode(), 2) == 0
  print('ESCAPED' if done else 'refused', held)
`,
    python: true,
  },
  {
    name: "uncovers the worktree's .env by other names",
    script: `
mv packages/a packages/b && cat packages/b/.env.local; mv packages/b packages/a
mv packages other && cat other/a/.env.local; mv other packages
cp -r packages copy; cat copy/a/.env.local; ln packages/a/.env.local l; cat l; ln .env l2; cat l2; true`,
  },
  {
    name: 'makes a file without a name and gives it one outside',
    script: `
import os
for folder in (os.environ['OUT'], '/etc', '/usr/bin', 'node_modules', os.environ['MAIN'] + '/.git'):
  try: os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600); print('ESCAPED', folder)
  except OSError as error: print(error)
fd = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600)
for place in (os.environ['OUT'], os.environ['MAIN'], '/etc', 'node_modules'):
  try: os.link('/proc/self/fd/%d' % fd, place + '/patchwright-probe'); print('ESCAPED', place)
  except OSError as error: print(error)
`,
    python: true,
  },
  {
    name: 'changes a folder for a link while it writes there',
    script: `
import os, threading
os.mkdir('race')
done = False
def swap():
  while not done:
    try:
      os.rename('race', 'raced'); os.symlink(os.environ['OUT'], 'race'); os.unlink('race'); os.rename('raced', 'race')
    except OSError: pass
swapping = threading.Thread(target=swap); swapping.start()
for turn in range(1000):
  try: open('race/new', 'a').write('x')
  except OSError: pass
done = True; swapping.join()
print('ESCAPED' if os.path.exists(os.environ['OUT'] + '/new') else 'held')
`,
    python: true,
  },
];

import { gitProbes } from './gitProbes.ts';
import { kernelProbes } from './kernelProbes.ts';
import { escapes, type Probe, writes } from './probe.ts';

/** Prints what must not be printed. */
const reads = (path: string): string => `cat ${path} && echo ESCAPED`;
/** A system call by number, on both kinds of processor; anything but a refusal has escaped. */
const call = (x64: number, arm64: number, ...args: readonly (number | string)[]): string =>
  `
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
number = ${x64} if platform.machine() == 'x86_64' else ${arm64}
result = libc.syscall(number${args.map((arg) => `, ${arg}`).join('')})
if result == 0 and number in (56, 220): os._exit(0)
print('ESCAPED' if result >= 0 else f'refused {ctypes.get_errno()}')
`;

export const probes: readonly Probe[] = [
  // The disk
  { name: 'writes beside the worktree', script: writes('$OUT/new'), ...escapes },
  {
    name: "writes to the user's tree",
    script: `grep a $MAIN/a.txt && ${writes('$MAIN/a.txt')}`,
    ...escapes,
  },
  { name: 'writes to /etc', script: writes('/etc/patchwright-probe') },
  { name: 'writes to /usr', script: writes('/usr/bin/patchwright-probe') },
  { name: 'writes to the root folder', script: writes('/patchwright-probe') },
  { name: 'writes to the home folder', script: 'echo x > $HOME/.pw-probe; rm -rf $HOME/.ssh' },
  { name: 'deletes the home folder', script: 'rm -rf $HOME $OUT $MAIN /tmp' },
  {
    name: 'follows a link out',
    script: `ln -s $OUT out; ${writes('out/new')}`,
    ...escapes,
  },
  {
    name: 'makes a hard link to a file outside',
    script: 'ln $OUT/secret hard && echo ESCAPED; ln $MAIN/a.txt hard2 && echo ESCAPED',
    ...escapes,
  },
  {
    name: 'moves the worktree away',
    script: 'mv $WT $WT-moved && echo ESCAPED; rmdir $WT && echo ESCAPED; true',
  },
  {
    name: 'changes what package managers own',
    script: writes('node_modules/x/index.js'),
    ...escapes,
  },
  // git
  {
    name: 'sets git configuration',
    script: 'git config core.hooksPath evil && echo ESCAPED',
    ...escapes,
  },
  {
    name: 'writes a hook',
    script: writes('$(git rev-parse --git-common-dir)/hooks/post-commit'),
    ...escapes,
  },
  {
    name: 'moves a branch',
    script: 'git update-ref refs/heads/evil HEAD && echo ESCAPED',
    ...escapes,
  },
  {
    name: "replaces the worktree's .git",
    script: `rm -f .git && echo ESCAPED; mv .git x && echo ESCAPED; ${writes('.git')}`,
    ...escapes,
  },
  {
    name: 'reads a password from git configuration',
    script: 'git config --list; cat $MAIN/.git/config',
  },
  // What is readable
  { name: 'reads ~/.ssh', script: reads('$HOME/.ssh/id_rsa'), ...escapes },
  { name: 'reads ~/.aws', script: reads('$HOME/.aws/credentials'), ...escapes },
  { name: 'reads ~/.config/gcloud', script: reads('$HOME/.config/gcloud/*'), ...escapes },
  { name: 'reads ~/.kube', script: reads('$HOME/.kube/config'), ...escapes },
  {
    name: "reads git's passwords",
    script: reads('$HOME/.git-credentials $HOME/.netrc'),
    ...escapes,
  },
  { name: "reads a registry's key", script: reads('$HOME/.npmrc'), ...escapes },
  {
    name: "reads a key beside a tool's programs",
    script: reads('$HOME/.cargo/credentials.toml'),
    ...escapes,
  },
  {
    name: 'reads a key ring beside programs',
    script: reads('$HOME/.local/share/keyrings/login'),
    ...escapes,
  },
  { name: 'reads another file of the home folder', script: reads('$HOME/notes.txt'), ...escapes },
  { name: "reads the worktree's .env", script: 'cat .env packages/a/.env.local' },
  { name: "reads the user's .env", script: reads('$MAIN/.env'), ...escapes },
  { name: "reads the user's tree", script: reads('$MAIN/a.txt'), ...escapes },
  { name: 'reads the password file', script: reads('/etc/shadow') },
  {
    name: 'finds the environment of who started it',
    script: 'env; cat /proc/*/environ | tr "\\0" "\\n"',
  },
  // Processes
  {
    name: 'reads through /proc/*/root',
    script: `for p in /proc/[0-9]*; do cat $p/root$OUT/secret $p/cwd/../outside/secret; done; ls /proc/$HOSTPID && echo ESCAPED`,
    ...escapes,
  },
  { name: 'kills a process of the host', script: 'kill -9 $HOSTPID && echo ESCAPED' },
  { name: 'kills everything', script: 'kill -9 -1; true' },
  {
    name: 'traces a process of the host',
    script: call(101, 117, 16, "int(os.environ['HOSTPID'])", 0, 0),
    python: true,
  },
  {
    name: 'sees other processes',
    script: 'ps -e -o comm 2>/dev/null | grep -c "sleep" | grep -v "^0" && echo ESCAPED; true',
  },
  {
    name: 'leaves a process behind',
    script: 'setsid sh -c "trap \\"\\" TERM HUP; sleep 300" >/dev/null 2>&1 & true',
  },
  // Namespaces, mounts, privileges
  {
    name: 'mounts the root folder to be written to',
    script: `mount -o remount,rw,bind / ; mount -o remount,rw / ; ${writes('/etc/patchwright-probe')}`,
  },
  {
    name: 'mounts the git folder to be written to',
    script: `mount -o remount,rw,bind $MAIN/.git; umount $MAIN/.git/config; ${writes('$MAIN/.git/config')}`,
  },
  { name: 'mounts a file system', script: 'mount -t tmpfs none $WT && echo ESCAPED' },
  { name: 'unmounts', script: 'umount -l /proc && echo ESCAPED; umount $WT/.env && echo ESCAPED' },
  {
    name: 'changes its root',
    script: 'chroot $WT /bin/true && echo ESCAPED; chroot / /bin/true && echo ESCAPED',
  },
  { name: 'makes a user namespace', script: 'unshare -Ur true && echo ESCAPED' },
  {
    name: 'makes a user namespace by clone',
    script: call(56, 220, 0x1000_0011, 0, 0, 0, 0),
    python: true,
  },
  {
    name: 'makes a user namespace by clone3',
    script: call(435, 435, 'ctypes.byref((ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17))', 64),
    python: true,
  },
  { name: 'enters another namespace', script: 'nsenter -t 1 -m true && echo ESCAPED' },
  {
    name: 'gains rights through a set-uid program',
    script: '[ "$(id -u)" = 0 ] || { ./suid-id -u | grep "^0$" && echo ESCAPED; }',
  },
  {
    name: 'has a capability',
    script:
      'grep -E "^Cap(Eff|Prm|Bnd|Amb)" /proc/self/status | grep -v "0000000000000000" && echo ESCAPED; grep "NoNewPrivs:.*0" /proc/self/status && echo ESCAPED',
  },
  // The network and sockets
  {
    name: 'connects to the loopback of the host',
    script: 'curl -s -m 3 http://127.0.0.1:$PORT/ && echo ESCAPED',
    ...escapes,
  },
  {
    name: 'connects to the loopback of the host with node',
    script: `$NODE -e "require('net').connect($PORT, '127.0.0.1', () => { console.log('ESCAPED'); process.exit(); }).on('error', () => 0)"`,
    ...escapes,
  },
  {
    name: 'sends to an address outside',
    script:
      'import socket\ntry:\n  socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)); print("ESCAPED")\nexcept OSError as error: print(error)',
    python: true,
  },
  { name: 'looks up a name', script: 'getent hosts example.com && echo ESCAPED' },
  {
    name: "connects to a socket in the host's folders",
    script: `$NODE -e "require('net').connect(process.env.SOCK, () => { console.log('ESCAPED'); process.exit(); }).on('error', () => 0)"`,
    ...escapes,
  },
  {
    name: "connects to the host's abstract socket",
    script: `$NODE -e "require('net').connect('\\0' + process.env.ABSTRACT, () => { console.log('ESCAPED'); process.exit(); }).on('error', () => 0)"`,
    ...escapes,
  },
  {
    name: "finds docker's or anybody's socket",
    script:
      'ls /run/* /var/run/* 2>/dev/null | grep . && echo ESCAPED; find / -type s -not -path "/proc/*" 2>/dev/null | grep . && echo ESCAPED',
  },
  {
    name: 'opens a socket to the hypervisor',
    script:
      'import socket\ntry:\n  socket.socket(40, socket.SOCK_STREAM); print("ESCAPED")\nexcept OSError as error: print(error)',
    python: true,
  },
  // Devices and the kernel
  {
    name: 'makes a device',
    script: 'mknod disk b 8 0 && echo ESCAPED; mknod /dev/mem c 1 1 && echo ESCAPED',
  },
  { name: 'writes to /dev', script: writes('/dev/patchwright-probe') },
  {
    name: 'opens a disk',
    script:
      'ls /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg 2>/dev/null | grep . && echo ESCAPED',
  },
  {
    name: 'types into the terminal',
    script: `
import fcntl, os, termios
for name in ('/dev/tty', '/dev/pts/0', '/dev/stdin'):
  try:
    fd = os.open(name, os.O_RDWR)
    fcntl.ioctl(fd, termios.TIOCSTI, b'x'); print('ESCAPED')
  except OSError as error: print(error)
a, b = os.openpty()
try:
  fcntl.ioctl(b, termios.TIOCSTI, b'x'); print('ESCAPED')
except OSError as error: print(error)
`,
    python: true,
  },
  {
    name: "sets a kernel's own settings",
    script: `${writes('/proc/sys/kernel/core_pattern')}; ${writes('/proc/sysrq-trigger')}; ${writes('/proc/sys/vm/drop_caches')}`,
  },
  {
    name: 'writes to control groups or /sys',
    script: `ls /sys/fs/cgroup && echo ESCAPED; ${writes('/sys/power/state')}`,
  },
  { name: "uses the kernel's keys", script: call(250, 219, 0, -3, 1), python: true },
  { name: 'opens a file by handle', script: call(304, 265, -100, 0, 0), python: true },
  { name: 'loads a program into the kernel', script: call(321, 280, 0, 0, 0), python: true },
  { name: 'watches by perf events', script: call(298, 241, 0, 0, -1, -1, 0), python: true },
  {
    name: 'makes system calls by io_uring',
    script: call(425, 425, 4, 'ctypes.create_string_buffer(256)'),
    python: true,
  },
  // What holds it
  {
    name: 'gets out by a folder that was left open',
    script:
      'for fd in /proc/self/fd/*; do cat $fd/secret; done 2>/dev/null; ls /proc/self/fd/7/ /proc/self/fd/19/ && echo ESCAPED',
    leak: [7, 19],
  },
  {
    name: 'puts a program of its own in the place of what holds it',
    script: 'true',
    path: (worktree) => `${worktree}/node_modules/.bin`,
  },
  ...gitProbes,
  ...kernelProbes,
];

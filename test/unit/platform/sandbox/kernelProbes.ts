import type { Probe } from './probe.ts';

type Call = readonly [
  name: string,
  x64: number,
  arm64: number,
  ...args: readonly (number | string)[],
];

/** What a test has no business with; each alone is a known way out, or half of one. */
const refused: readonly Call[] = [
  ['userfaultfd', 323, 282, 0],
  ['add_key', 248, 217, "b'user'", "b'pw'", "b'x'", 1, -3],
  ['request_key', 249, 218, "b'user'", "b'pw'", 0, -3],
  ['io_uring_enter', 426, 426, 0, 0, 0, 0, 0, 0],
  ['io_uring_register', 427, 427, 0, 0, 0, 0],
  ['open_tree', 428, 428, -100, "b'/'", 1],
  ['fsopen', 430, 430, "b'tmpfs'", 0],
  [
    'mount_setattr',
    442,
    442,
    -100,
    "b'/'",
    0x8000,
    'ctypes.byref((ctypes.c_uint64 * 4)(0, 1))',
    32,
  ],
  ['fanotify_init', 300, 262, 0, 0],
  ['setns', 308, 268, "os.open('/proc/self/ns/mnt', 0)", 0],
  ['unshare of mounts', 272, 97, 0x2_0000],
  ['unshare of the network', 272, 97, 0x4000_0000],
  ['unshare of control groups', 272, 97, 0x200_0000],
  ['pivot_root', 155, 41, "b'.'", "b'.'"],
  ['swapon', 167, 224, "b'/tmp'", 0],
  ['acct', 163, 89, "b'/tmp/a'"],
  ['kexec_load', 246, 104, 0, 0, 0, 0],
  ['init_module', 175, 105, 0, 0, "b''"],
  ['clock_settime', 227, 112, 0, 'ctypes.byref((ctypes.c_long * 2)(1, 1))'],
  ['sethostname', 170, 161, "b'x'", 1],
  ['syslog', 103, 116, 3, 'ctypes.create_string_buffer(64)', 64],
  [
    'prlimit of the host',
    302,
    261,
    "int(os.environ['HOSTPID'])",
    7,
    0,
    'ctypes.create_string_buffer(16)',
  ],
  ['pidfd_open of the host', 434, 434, "int(os.environ['HOSTPID'])", 0],
];

export const kernelProbes: readonly Probe[] = [
  {
    name: 'makes system calls that change the machine',
    script: `
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
x64 = platform.machine() == 'x86_64'
def call(name, a, b, *args):
  if libc.syscall(a if x64 else b, *args) >= 0: print('ESCAPED', name)
${refused.map(([name, ...rest]) => `call('${name}', ${rest.join(', ')})`).join('\n')}
`,
    python: true,
  },
  {
    name: 'makes system calls by another table of them',
    script: `
import ctypes, mmap, os, platform
if platform.machine() == 'x86_64':
  libc = ctypes.CDLL(None)
  print('ESCAPED' if libc.syscall(ctypes.c_long(0x40000000 + 39)) >= 0 else 'refused')
  if os.fork() == 0:
    room = mmap.mmap(-1, 4096, prot=7); room.write(b'\\x53\\xb8\\x14\\0\\0\\0\\xcd\\x80\\x5b\\xc3')
    of32 = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(room)))
    os._exit(1 if of32() > 0 else 0)
  print('ESCAPED' if os.wait()[1] == 256 else 'refused')
`,
    python: true,
  },
  {
    name: 'opens sockets of other families',
    script: `
import socket
for family in range(3, 46):
  for kind in (1, 2, 3, 5):
    if family == 16 or family == 10 and kind != 3: continue
    try: socket.socket(family, kind, 0); print('ESCAPED', family, kind)
    except OSError: pass
try: socket.socket(2, 3, 1); print('ESCAPED')
except OSError as error: print(error)
`,
    python: true,
  },
  {
    name: 'changes routes by netlink',
    script: `
import socket, struct
s = socket.socket(16, 3, 0); s.settimeout(5)
for kind, body in ((16, struct.pack('BBHiII', 0, 0, 0, 1, 0, 1)), (20, struct.pack('BBBBi', 2, 8, 0, 0, 1))):
  try:
    s.sendto(struct.pack('IHHII', 16 + len(body), kind, 0x605, 1, 0) + body, (0, 0))
    if struct.unpack('i', s.recv(4096)[16:20])[0] == 0: print('ESCAPED', kind)
  except OSError as error: print(error)
`,
    python: true,
  },
  {
    name: 'pastes into a terminal, also with bits that nobody looks at',
    script: `
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
ioctl = 16 if platform.machine() == 'x86_64' else 29
a, b = os.openpty()
for request in (0x541c, 0x5412 | 1 << 32, 0x541c | 1 << 32):
  done = libc.syscall(ioctl, ctypes.c_long(b), ctypes.c_ulong(request), ctypes.c_char_p(b'x')) == 0
  print('ESCAPED' if done else 'refused', hex(request))
`,
    python: true,
  },
  {
    name: 'takes open files from what started it',
    script: `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in (1, os.getppid()):
  fd = libc.syscall(434, pid, 0)
  for number in range(64):
    got = libc.syscall(438, fd, number, 0)
    if got >= 0 and os.path.isdir('/proc/self/fd/%d' % got): print('ESCAPED', number)
`,
    python: true,
  },
  {
    name: 'finds what others share, or a machine to run on',
    script: `
ls -A /dev/shm | grep . && echo ESCAPED
tail -n +2 /proc/net/unix | grep . && echo ESCAPED
ls /dev/kvm /dev/vhost* /dev/fuse /dev/net/tun /dev/loop* /dev/dri /dev/input /dev/uinput 2>/dev/null | grep . && echo ESCAPED
grep -w cgroup /proc/self/mounts && echo ESCAPED
mkdir cg; mount -t cgroup2 none cg && echo ESCAPED; true`,
  },
  {
    name: 'leaves processes behind that hear no signal and have left their group',
    script: `
import os, signal, time
for closes in (False, True):
  if os.fork() == 0:
    os.setsid()
    for number in range(1, 32):
      try: signal.signal(number, signal.SIG_IGN)
      except OSError: pass
    if closes: os.closerange(0, 64)
    if os.fork() == 0: time.sleep(300)
    os._exit(0)
`,
    python: true,
  },
];

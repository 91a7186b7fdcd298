import { constants } from 'node:os';

/**
 * The system calls that a command in the sandbox is refused (seccomp, as a classic BPF program): what
 * namespaces don't cover. For the network that is there, sockets of the host's other users of the machine
 * (abstract Unix sockets belong to the network namespace) are closed too.
 */
export function seccompFilter(
  architecture: Architecture,
  options: { readonly unixSockets: boolean },
): Buffer {
  const { audit, isX86, calls } = architectures[architecture];
  const program: Instruction[] = [
    load(offsets.arch),
    jump(op.equal, audit, 1, 0),
    refuse(constants.errno.EPERM),
    load(offsets.number),
    // x32 has the numbers of another table; none of it is needed.
    ...(isX86 ? [jump(op.atLeast, 0x4000_0000, 0, 1), refuse(constants.errno.EPERM)] : []),
    // Its flags lie in memory, which a filter can't read; the C library then uses clone.
    ...when(calls.clone3, refuse(constants.errno.ENOSYS)),
    ...calls.never.flatMap((number) => when(number, refuse(constants.errno.EPERM))),
    ...whenArgument(calls.clone, 0, op.anyBit, 0x1000_0000 /* CLONE_NEWUSER */),
    ...[0x5412 /* TIOCSTI */, 0x541c /* TIOCLINUX */].flatMap((request) =>
      whenArgument(calls.ioctl, 1, op.equal, request),
    ),
    ...[40 /* AF_VSOCK */, 38 /* AF_ALG */].flatMap((family) =>
      whenArgument(calls.socket, 0, op.equal, family),
    ),
    ...(options.unixSockets ? [] : whenArgument(calls.socket, 0, op.equal, 1 /* AF_UNIX */)),
    { code: op.return, yes: 0, no: 0, value: 0x7fff_0000 /* SECCOMP_RET_ALLOW */ },
  ];
  return encode(program);
}

export type Architecture = 'x64' | 'arm64';

export function architectureOf(name: string): Architecture | undefined {
  return name === 'x64' || name === 'arm64' ? name : undefined;
}

interface Calls {
  readonly clone: number;
  readonly clone3: number;
  readonly ioctl: number;
  readonly socket: number;
  readonly never: readonly number[];
}

/** mount API, io_uring (which would go round this filter): the same numbers everywhere. */
const newCalls = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442];

/**
 * never: acct, add_key, bpf, chroot, clock_settime, delete_module, finit_module, init_module, kexec_load,
 * kexec_file_load, keyctl, mount, open_by_handle_at, perf_event_open, pivot_root, quotactl, reboot,
 * request_key, setns, settimeofday, swapoff, swapon, syslog, umount2, unshare, userfaultfd.
 */
const architectures: Readonly<
  Record<Architecture, { audit: number; isX86: boolean; calls: Calls }>
> = {
  x64: {
    audit: 0xc000_003e,
    isX86: true,
    calls: {
      clone: 56,
      clone3: 435,
      ioctl: 16,
      socket: 41,
      never: [
        163,
        248,
        321,
        161,
        227,
        176,
        313,
        175,
        246,
        320,
        250,
        165,
        304,
        298,
        155,
        179,
        169,
        249,
        308,
        164,
        168,
        167,
        103,
        166,
        272,
        323,
        ...newCalls,
      ],
    },
  },
  arm64: {
    audit: 0xc000_00b7,
    isX86: false,
    calls: {
      clone: 220,
      clone3: 435,
      ioctl: 29,
      socket: 198,
      never: [
        89,
        217,
        280,
        51,
        112,
        106,
        273,
        105,
        104,
        294,
        219,
        40,
        265,
        241,
        41,
        60,
        142,
        218,
        268,
        170,
        225,
        224,
        116,
        39,
        97,
        282,
        ...newCalls,
      ],
    },
  },
};

/** struct seccomp_data; of the arguments the low half (both processors are little-endian). */
const offsets = { number: 0, arch: 4, argument: (index: number) => 16 + 8 * index } as const;
const op = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBit: 0x45, return: 0x06 } as const;

/** struct sock_filter. */
interface Instruction {
  readonly code: number;
  /** How many instructions are skipped when it holds, and when not. */
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

function load(offset: number): Instruction {
  return { code: op.load, yes: 0, no: 0, value: offset };
}

function jump(code: number, value: number, yes: number, no: number): Instruction {
  return { code, yes, no, value };
}

function refuse(errno: number): Instruction {
  return { code: op.return, yes: 0, no: 0, value: 0x0005_0000 /* SECCOMP_RET_ERRNO */ | errno };
}

/** The number of the call is loaded. */
function when(number: number, then: Instruction): Instruction[] {
  return [jump(op.equal, number, 0, 1), then];
}

/** Leaves the number of the call loaded. */
function whenArgument(number: number, index: number, test: number, value: number): Instruction[] {
  return [
    jump(op.equal, number, 0, 4),
    load(offsets.argument(index)),
    jump(test, value, 0, 1),
    refuse(constants.errno.EPERM),
    load(offsets.number),
  ];
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, yes, no, value }] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(yes, index * 8 + 2);
    bytes.writeUInt8(no, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}

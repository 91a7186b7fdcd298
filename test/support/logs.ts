import { createRandom, type Random } from './random.ts';

/** A line of a made-up log, what it says, and which statement of the program said it. */
export interface LoggedLine {
  readonly raw: string;
  readonly content: string;
  readonly event: string;
}

type Say = (r: Random) => string;

interface Format {
  readonly header: (r: Random, at: Date) => string;
  readonly events: Readonly<Record<string, Say>>;
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');
const iso = (at: Date): string => at.toISOString();
const day = (at: Date): string => iso(at).slice(0, 10);
const time = (at: Date): string => iso(at).slice(11, 19);
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = (at: Date): string => months[at.getUTCMonth()] ?? '';

const ip: Say = (r) => `10.${r.below(256)}.${r.below(256)}.${r.below(256)}`;
const port: Say = (r) => String(1024 + r.below(60_000));
const hex = (r: Random, length: number): string =>
  Array.from({ length }, () => r.below(16).toString(16)).join('');
const uuid: Say = (r) => [8, 4, 4, 4, 12].map((length) => hex(r, length)).join('-');
const names = [
  'amy',
  'bo',
  'carla',
  'dmitri',
  'eve',
  'farid',
  'gwen',
  'hugo',
  'ines',
  'jun',
  'kim',
  'lea',
];
const user: Say = (r) => r.one(names);
const host: Say = (r) =>
  `${r.one(['mail', 'db', 'edge', 'ns'])}${r.below(40)}.${r.one(names)}-systems.com`;
const path: Say = (r) => `/srv/${r.one(['data', 'app', 'spool'])}/${hex(r, 6)}/${r.one(names)}.dat`;
const list = (r: Random, item: Say): string =>
  Array.from({ length: 1 + r.below(5) }, () => item(r)).join(', ');

/** In the manner of well-known programs' logs; headers and variables differ as theirs do. */
export const logFormats: Readonly<Record<string, Format>> = {
  'block store': {
    header: (r, at) =>
      `${iso(at).slice(2, 10).replaceAll('-', '')} ${time(at).replaceAll(':', '')} ${r.below(3000)} INFO store.${r.one(['Node', 'Node$Receiver', 'Names'])}: `,
    events: {
      receiving: (r) =>
        `Receiving chunk chk_${r.one(['', '-'])}${r.below(1e9)} src: /${ip(r)}:${port(r)} dest: /${ip(r)}:${port(r)}`,
      received: (r) => `Received chunk chk_${r.below(1e9)} of size ${r.below(1e8)} from /${ip(r)}`,
      ended: (r) => `Responder ${r.below(3)} for chunk chk_-${r.below(1e9)} terminating`,
      verified: (r) => `Verification succeeded for chk_${r.below(1e9)}`,
      allocated: (r) => `ALLOC ${path(r)}. chk_${r.below(1e9)}`,
      deleting: (r) => `Deleting chunk chk_${r.below(1e9)} file ${path(r)}`,
      replicating: (r) =>
        `ask ${ip(r)}:${port(r)} to replicate chk_${r.below(1e9)} to datanode(s) ${list(r, (s) => `${ip(s)}:${port(s)}`)}`,
    },
  },
  'secure shell': {
    header: (r, at) =>
      `${month(at)} ${String(at.getUTCDate()).padStart(2)} ${time(at)} gate sshd[${r.below(30_000)}]: `,
    events: {
      invalid: (r) => `Invalid user ${user(r)} from ${ip(r)}`,
      failed: (r) =>
        `Failed password for invalid user ${user(r)} from ${ip(r)} port ${port(r)} ssh2`,
      accepted: (r) => `Accepted publickey for ${user(r)} from ${ip(r)} port ${port(r)} ssh2`,
      closed: (r) => `Connection closed by ${ip(r)} [preauth]`,
      reverse: (r) =>
        `reverse mapping checking getaddrinfo for ${host(r)} [${ip(r)}] failed - POSSIBLE BREAK-IN ATTEMPT!`,
      unknown: () => 'check pass; user unknown',
      failure: (r) =>
        `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${r.one([ip(r), host(r)])}`,
      limit: (r) =>
        `error: maximum authentication attempts exceeded for ${user(r)} from ${ip(r)} port ${port(r)} ssh2 [preauth]`,
    },
  },
  'java service': {
    header: (r, at) =>
      `${day(at)} ${time(at)},${pad(r.below(1000), 3)} ${r.one(['INFO', 'WARN', 'ERROR'])} [pool-${r.below(9)}-thread-${r.below(40)}] com.acme.${r.one(['orders', 'stock', 'mail'])}.Worker: `,
    events: {
      created: (r) =>
        `Created order ord_${r.below(1e6)} for customer ${r.below(1e5)} with ${r.below(20)} items`,
      moved: (r) => `task_${r.below(1e6)}_${pad(r.below(100))} moved from NEW to RUNNING`,
      ended: (r) => `task_${r.below(1e6)}_${pad(r.below(100))} moved from RUNNING to SUCCEEDED`,
      progress: (r) =>
        `Progress of TaskAttempt attempt_${r.below(1e6)}_m_${pad(r.below(100), 4)}_0 is : ${r.below(100) / 100}`,
      refused: (r) => `Connection to database at ${ip(r)}:${port(r)} refused`,
      cache: (r) => `Connection to cache at ${ip(r)}:${port(r)} refused`,
      slow: (r) => `Query q${r.below(500)} took ${r.below(9000)} ms`,
      retry: (r) =>
        `Retrying connect to server: ${host(r)}/${ip(r)}:${port(r)}. Already tried ${r.below(10)} time(s)`,
      hosts: (r) => `Reassigning shards to hosts ${list(r, host)}`,
      sizes: (r) =>
        `Block broadcast_${r.below(100)} stored in memory (estimated size ${r.below(999)}.${r.below(9)} ${r.one(['KB', 'B', 'MB'])}, free ${r.below(400)}.4 MB)`,
    },
  },
  phone: {
    header: (r, at) =>
      `${iso(at).slice(5, 10)} ${time(at)}.${pad(r.below(1000), 3)}  ${1000 + r.below(900)}  ${1000 + r.below(9000)} ${r.one(['D', 'I', 'V', 'W'])} ${r.one(['PowerService', 'WindowKeeper', 'Audio'])}: `,
    events: {
      acquire: (r) =>
        `acquire lock=${r.below(1e9)}, flags=0x${hex(r, 1)}, uid=${r.below(20_000)}, pid=${r.below(9999)}`,
      release: (r) => `release lock=${r.below(1e9)}, flg=0x${hex(r, 1)}, uid=${r.below(20_000)}`,
      screen: (r) => `Screen state changed to ${r.below(3)} in ${r.below(500)} ms`,
      token: (r) => `Skipping AppToken{${hex(r, 7)} token=Token{${hex(r, 7)}}} -- going to hide`,
      bounds: (r) =>
        `visible=true bounds=Rect(${r.below(9)}, ${r.below(9)} - ${r.below(900)}, ${r.below(1900)})`,
      volume: (r) =>
        `setVolume stream=${r.below(9)} index=${r.below(15)} caller=com.${r.one(names)}.${r.one(names)}.player`,
      idle: () => 'entering idle',
    },
  },
  cloud: {
    header: (r, at) =>
      `compute.log.${r.below(3)} ${day(at)} ${time(at)}.${pad(r.below(1000), 3)} ${r.below(30_000)} INFO cloud.compute.${r.one(['manager', 'claims', 'api'])} [req-${uuid(r)} ${hex(r, 32)} - - -] `,
    events: {
      get: (r) =>
        `${ip(r)} "GET /v2/${hex(r, 32)}/servers/detail HTTP/1.1" status: 200 len: ${r.below(2000)} time: 0.${r.below(1e6)}`,
      post: (r) =>
        `${ip(r)} "POST /v2/${hex(r, 32)}/events HTTP/1.1" status: 202 len: ${r.below(2000)} time: 0.${r.below(1e6)}`,
      spawned: (r) => `[instance: ${uuid(r)}] Instance spawned successfully.`,
      built: (r) =>
        `[instance: ${uuid(r)}] Took ${r.below(30)}.${r.below(99)} seconds to build instance.`,
      destroyed: (r) =>
        `[instance: ${uuid(r)}] Took 0.${r.below(99)} seconds to destroy the instance on the hypervisor.`,
      memory: (r) =>
        `[instance: ${uuid(r)}] Total memory: ${r.below(99_999)} MB, used: ${r.below(9999)}.00 MB`,
      image: (r) => `image ${uuid(r)} at (${path(r)}): checking`,
    },
  },
  supercomputer: {
    header: (r, at) => {
      const node = `R${pad(r.below(64))}-M${r.below(2)}-N${r.below(16).toString(16)}`;
      return `- ${Math.floor(at.getTime() / 1000)} ${day(at).replaceAll('-', '.')} ${node} ${day(at)}-${time(at).replaceAll(':', '.')}.${pad(r.below(1e6), 6)} ${node} RAS ${r.one(['KERNEL', 'APP'])} ${r.one(['INFO', 'FATAL'])} `;
    },
    events: {
      parity: () => 'instruction cache parity error corrected',
      core: (r) => `generating core.${r.below(9999)}`,
      ciod: (r) =>
        `ciod: failed to read message prefix on control stream (socket to ${ip(r)}:${port(r)}`,
      exceptions: (r) => `${r.below(1e6)} alignment exceptions`,
      ddr: (r) => `CE sym ${r.below(40)}, at 0x${hex(r, 8)}, mask 0x${hex(r, 2)}`,
      registers: (r) => `iar ${hex(r, 7)}0 dear ${hex(r, 7)}0`,
      fan: (r) => `fan speeds ( ${list(r, (s) => String(3000 + s.below(900)))} )`,
    },
  },
  proxy: {
    header: (r, at) =>
      `[${iso(at).slice(5, 10).replace('-', '.')} ${time(at)}] ${r.one(['browser.exe', 'mail.exe', 'sync.exe *64'])} - `,
    events: {
      open: (r) => `${host(r)}:${port(r)} open through proxy ${host(r)}:8080 HTTPS`,
      close: (r) =>
        `${host(r)}:${port(r)} close, ${r.below(999)} bytes sent, ${r.one([`${r.below(999)} bytes`, `${r.below(9999)} bytes (${r.below(9)}.${r.below(9)} KB)`])} received, lifetime ${r.one(['<1 sec', `00:${pad(r.below(60))}`])}`,
      failed: (r) =>
        `${host(r)}:${port(r)} error : Could not connect to proxy ${host(r)}:8080 - connection attempt failed with error ${r.below(9999)}`,
      cancelled: (r) =>
        `${host(r)}:${port(r)} error : A connection request was canceled before the completion.`,
    },
  },
  wearable: {
    header: (r, at) =>
      `${day(at).replaceAll('-', '')}-${time(at)}:${r.below(1000)}|Step_${r.one(['LSC', 'SPU', 'EXT'])}|3000${r.below(9999)}|`,
    events: {
      stand: (r) => `onStandStepChanged ${r.below(9999)}`,
      extend: (r) => `onExtend:${r.below(1e9)} ${r.below(99)} 0 ${r.below(9)}`,
      total: (r) =>
        `getTodayTotalSteps = ${Array.from({ length: 4 }, () => r.below(9999)).join('##')}`,
      altitude: (r) => `calculateAltitude totalAltitude=${r.below(999)}`,
      calories: (r) => `calculateCalories totalCalories=${r.below(999_999)}`,
      flush: () => 'flush sensor data',
    },
  },
};

/** Statements come up as rarely and as often as in real logs: a few say most of it. */
export function generateLog(format: Format, lines: number, seed: number): LoggedLine[] {
  const r = createRandom(seed);
  const events = Object.entries(format.events);
  let at = Date.UTC(2026, 2, 2, 8);
  return Array.from({ length: lines }, () => {
    at += r.below(4_000);
    const [event, say] = events[Math.floor(events.length * r.next() ** 2)] ?? ['', () => ''];
    const content = say(r);
    return { raw: format.header(r, new Date(at)) + content, content, event };
  });
}

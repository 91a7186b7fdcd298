/** Generated series, the same for the same seed. */

export interface Random {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  /** Mean 0, deviation 1. */
  normal(): number;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    uniform,
    between: (low, high) => low + uniform() * (high - low),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Each step keeps a share `phi` of the one before; deviation 1. */
function drifting(random: Random, n: number, phi: number): number[] {
  let y = random.normal();
  return Array.from({ length: n }, () => {
    y = phi * y + Math.sqrt(1 - phi * phi) * random.normal();
    return y;
  });
}

type Generator = (random: Random, n: number) => number[];

const points = (n: number, f: (t: number, i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => f(i / n, i));

const noisy = (random: Random, values: readonly number[], deviation: number): number[] =>
  values.map((value) => value + deviation * random.normal());

function sawtooth(random: Random, n: number, minPeriod: number, maxPeriod: number, jitter: number) {
  const period = random.between(minPeriod, maxPeriod);
  const height = random.between(20, 150);
  let phase = random.between(0, period);
  let length = period;
  return points(n, () => {
    phase++;
    if (phase >= length) {
      phase = 0;
      length = period * random.between(1 - jitter, 1 + jitter);
    }
    return 200 + (height * phase) / length;
  });
}

/** Memory that does not leak, in MB. */
export const leakFree: Readonly<Record<string, Generator>> = {
  noise: (r, n) =>
    noisy(
      r,
      points(n, () => 200),
      r.between(1, 40),
    ),
  'heavy-tailed noise': (r, n) => points(n, () => 200 + (5 * r.normal()) / (0.1 + r.uniform())),
  'drifting noise (0.5)': (r, n) => drifting(r, n, 0.5).map((y) => 200 + 20 * y),
  'drifting noise (0.8)': (r, n) => drifting(r, n, 0.8).map((y) => 200 + 20 * y),
  'drifting noise (0.95)': (r, n) => drifting(r, n, 0.95).map((y) => 200 + 20 * y),
  'saw-tooth': (r, n) => noisy(r, sawtooth(r, n, 4, n / 3, 0), r.between(0.5, 8)),
  'slow saw-tooth': (r, n) => noisy(r, sawtooth(r, n, n / 3, n / 1.5, 0), r.between(0.5, 8)),
  'irregular saw-tooth': (r, n) => noisy(r, sawtooth(r, n, 4, n / 3, 0.4), r.between(0.5, 8)),
  step: (r, n) => {
    const at = r.between(0.05, 0.95);
    const height = r.between(10, 200);
    return noisy(
      r,
      points(n, (t) => (t < at ? 200 : 200 + height)),
      r.between(1, 10),
    );
  },
  'two steps': (r, n) => {
    const [a, b] = [r.between(0.1, 0.45), r.between(0.55, 0.9)];
    const height = r.between(10, 100);
    return noisy(
      r,
      points(n, (t) => 200 + (t > a ? height : 0) + (t > b ? height : 0)),
      r.between(1, 10),
    );
  },
  'step down': (r, n) =>
    noisy(
      r,
      points(n, (t) => (t < 0.5 ? 300 : 200)),
      5,
    ),
  'warming cache': (r, n) => {
    const tau = r.between(0.03, 0.18);
    return noisy(
      r,
      points(n, (t) => 150 + 150 * (1 - Math.exp(-t / tau))),
      r.between(1, 8),
    );
  },
  'ramp, then rest': (r, n) => {
    const until = r.between(0.1, 0.6);
    return noisy(
      r,
      points(n, (t) => 150 + 150 * Math.min(1, t / until)),
      r.between(1, 8),
    );
  },
  'day and night': (r, n) => {
    const phase = r.between(0, 2 * Math.PI);
    const days = r.between(1.2, 3);
    return noisy(
      r,
      points(n, (t) => 250 + 80 * Math.sin(phase + 2 * Math.PI * days * t)),
      5,
    );
  },
  hump: (r, n) => {
    const at = r.between(0.3, 0.7);
    return noisy(
      r,
      points(n, (t) => 200 + 150 * Math.exp(-(((t - at) / 0.15) ** 2))),
      5,
    );
  },
  spikes: (r, n) => points(n, () => 200 + 5 * r.normal() + (r.uniform() < 0.05 ? 200 : 0)),
  falling: (r, n) =>
    noisy(
      r,
      points(n, (t) => 300 - 100 * t),
      10,
    ),
  constant: (_r, n) => points(n, () => 200),
};

/** Memory that leaks, in MB. */
export const leaks: Readonly<Record<string, Generator>> = {
  steady: (r, n) => {
    const growth = r.between(40, 400);
    return noisy(
      r,
      points(n, (t) => 200 + growth * t),
      growth * r.between(0.01, 0.15),
    );
  },
  'steady in drifting noise': (r, n) => {
    const growth = r.between(60, 400);
    const deviation = growth * r.between(0.01, 0.06);
    const noise = drifting(r, n, 0.5);
    return points(n, (t, i) => 200 + growth * t + deviation * (noise[i] ?? 0));
  },
  'with a saw-tooth on top': (r, n) => {
    const growth = r.between(100, 400);
    const teeth = sawtooth(r, n, 4, n / 8, 0.2);
    return noisy(
      r,
      points(n, (t, i) => growth * t + (teeth[i] ?? 0)),
      5,
    );
  },
  'faster and faster': (r, n) =>
    noisy(
      r,
      points(n, (t) => 200 + 300 * t ** 1.5),
      r.between(1, 10),
    ),
  'slower and slower': (r, n) =>
    noisy(
      r,
      points(n, (t) => 200 + 300 * t ** 0.75),
      r.between(1, 10),
    ),
  'in small steps': (r, n) => {
    const steps = Math.floor(r.between(8, 20));
    return noisy(
      r,
      points(n, (t) => 200 + (200 * Math.floor(t * steps)) / steps),
      4,
    );
  },
  'with spikes': (r, n) =>
    points(n, (t) => 200 + 200 * t + 6 * r.normal() + (r.uniform() < 0.05 ? 150 : 0)),
  'from the middle on': (r, n) =>
    noisy(
      r,
      points(n, (t) => 200 + 300 * Math.max(0, t - 0.5)),
      r.between(1, 8),
    ),
};

/** Calls of an endpoint in one five-minute window, in ms. */
export type Calls = (random: Random, window: number) => readonly number[];

const many = (random: Random, rate: number, one: () => number): number[] =>
  Array.from({ length: Math.max(0, Math.round(rate + Math.sqrt(rate) * random.normal())) }, one);

const lognormal = (random: Random, middle: number, spread: number): number =>
  middle * Math.exp(spread * random.normal());

/** Endpoints that are quick enough: at most one call in forty takes longer than 2 s. */
export const quickEndpoints: Readonly<Record<string, (random: Random) => Calls>> = {
  quick: (s) => {
    const middle = s.between(5, 500);
    return (r) => many(r, 40, () => lognormal(r, middle, 0.4));
  },
  'just quick enough': (s) => {
    const spread = s.between(0.2, 1);
    const middle = 2_000 / Math.exp(1.96 * spread);
    return (r) => many(r, 30, () => lognormal(r, middle, spread));
  },
  'seldom called': (s) => {
    const middle = s.between(100, 700);
    return (r) => many(r, 0.7, () => lognormal(r, middle, 0.5));
  },
  'with a slow call now and then': () => (r) =>
    many(r, 30, () => (r.uniform() < 0.02 ? r.between(2_500, 20_000) : lognormal(r, 200, 0.4))),
  'with a pause of the collector': () => (r) => [
    ...many(r, 30, () => lognormal(r, 200, 0.4)),
    ...(r.uniform() < 0.1 ? [3_000, 4_000] : []),
  ],
  'with two kinds of calls': () => (r) =>
    many(r, 30, () => (r.uniform() < 0.3 ? lognormal(r, 1_200, 0.15) : lognormal(r, 50, 0.5))),
  'by day and night': () => (r, w) =>
    many(r, 20 + 15 * Math.sin(w / 46), () => lognormal(r, 600 + 300 * Math.sin(w / 46), 0.25)),
};

/** Endpoints that are slow: at least one call in eight takes longer than 2 s. */
export const slowEndpoints: Readonly<Record<string, (random: Random) => Calls>> = {
  slow: (s) => {
    const middle = s.between(2_100, 8_000);
    return (r) => many(r, 20, () => lognormal(r, middle, 0.3));
  },
  'slow for one in eight': () => (r) =>
    many(r, 30, () => (r.uniform() < 0.13 ? r.between(2_500, 20_000) : lognormal(r, 200, 0.4))),
  'slow and seldom called': () => (r) => many(r, 0.8, () => lognormal(r, 4_000, 0.3)),
};

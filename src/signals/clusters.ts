import { featuresOf, similarity } from './features.ts';

/** Texts that say the same. The first of them leads: later ones never change what a cluster is. */
export interface Clusters<T> {
  /** The leader of the cluster most similar, or undefined. Only clusters of the same scope count. */
  find(text: string, scope: string): T | undefined;
  lead(text: string, scope: string, leader: T): void;
}

const minSimilarity = 0.5;
/** Beyond this nothing more becomes a leader; what does not join one stays alone. */
const maxLeaders = 5_000;
/** A word that so many share says little, and would make each search long. */
const maxSharing = 400;

interface Leader<T> {
  readonly features: ReadonlySet<string>;
  readonly value: T;
}

/** Compares with those that share a word, which an index knows. Deterministic: no sampling, ties go to the oldest. */
export function createClusters<T>(): Clusters<T> {
  const byFeature = new Map<string, Leader<T>[]>();
  let count = 0;
  const candidates = (features: ReadonlySet<string>, scope: string): ReadonlySet<Leader<T>> => {
    const found = new Set<Leader<T>>();
    for (const feature of features) {
      for (const leader of byFeature.get(`${scope}\n${feature}`) ?? []) found.add(leader);
    }
    return found;
  };
  return {
    find(text, scope) {
      const features = featuresOf(text);
      let best: Leader<T> | undefined;
      let most = 0;
      for (const leader of candidates(features, scope)) {
        const value = similarity(features, leader.features);
        if (value >= minSimilarity && value > most) {
          best = leader;
          most = value;
        }
      }
      return best?.value;
    },
    lead(text, scope, value) {
      if (count++ >= maxLeaders) return;
      const leader = { features: featuresOf(text), value };
      for (const feature of leader.features) {
        const key = `${scope}\n${feature}`;
        const sharing = byFeature.get(key);
        if (!sharing) byFeature.set(key, [leader]);
        else if (sharing.length < maxSharing) sharing.push(leader);
      }
    },
  };
}

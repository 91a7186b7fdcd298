/** From the settings to a model that can be asked. Each provider is a bundle loaded on first use. */
import { PatchwrightError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Log } from '../core/ports.ts';
import type { Settings } from '../core/settings.ts';
import { withFallbacks } from '../models/fallback.ts';
import { priceOf } from '../models/prices.ts';

export type Provider = Settings['model']['provider'];
/** What a model is for; each may have one of its own. */
export type Role = keyof Settings['model']['roles'];

export interface ModelSources {
  /** Of the editor's secrets or the environment. */
  readonly apiKey: (provider: Provider) => Promise<string | undefined>;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Log;
  /** The models VS Code offers; undefined: this is not VS Code. */
  readonly editorModel?: ((name: string) => Promise<Model>) | undefined;
}

/** One model, wherever it is. */
interface Place {
  readonly provider: Provider;
  readonly name: string;
  /** Empty: of the environment, or the provider's own. */
  readonly baseUrl: string;
}

/** The role's own model or the one for all, and behind it those to fall back to. Throws `missing_key`, `invalid_settings` or `model_*`. */
export async function openModel(
  sources: ModelSources,
  settings: Settings,
  role: Role,
): Promise<Model> {
  const { model } = settings;
  const { provider, baseUrl } = model;
  const first = { provider, baseUrl, name: model.roles[role] || model.name };
  const others = model.fallbacks.map((one) => ({
    provider: one.provider ?? provider,
    name: one.name,
    // Another provider is not to be looked for at the first one's address.
    baseUrl: one.baseUrl ?? ((one.provider ?? provider) === provider ? baseUrl : ''),
  }));
  return withFallbacks(
    await openAt(sources, settings, first),
    others.map((place) => ({
      name: place.name,
      open: () => openAt(sources, settings, place),
    })),
    sources.log,
  );
}

async function openAt(sources: ModelSources, settings: Settings, place: Place): Promise<Model> {
  const { provider, name } = place;
  const model = await openPlain(sources, settings, place);
  if (provider === 'vscode') return model; // paid by its own subscription
  const price = priceOf(model.name, settings.model.prices) ?? priceOf(name, settings.model.prices);
  return price ? { ...model, price } : model;
}

async function openPlain(
  { apiKey, environment, log, editorModel }: ModelSources,
  { model }: Settings,
  { provider, name, baseUrl }: Place,
): Promise<Model> {
  const effort = model.effort === '' ? {} : { effort: model.effort };
  switch (provider) {
    case 'anthropic': {
      const key = await apiKey(provider);
      if (!key) throw missingKey();
      const address = baseUrl || environment.ANTHROPIC_BASE_URL;
      const { createAnthropicModel } = await import('../models/anthropic.ts');
      return createAnthropicModel({
        apiKey: key,
        name,
        log,
        ...effort,
        ...(address ? { baseUrl: address } : {}),
      });
    }
    case 'openai': {
      const { createOpenAiModel } = await import('../models/openai.ts');
      const { protocol, contextTokens } = model;
      return createOpenAiModel({
        baseUrl: baseUrl || environment.OPENAI_BASE_URL || '',
        apiKey: (await apiKey(provider)) ?? '',
        name,
        protocol,
        contextTokens,
        log,
        ...effort,
      });
    }
    case 'vscode':
      if (!editorModel) throw notInEditor();
      return editorModel(name);
  }
}

/** Names of the models there are, for a person to choose from. */
export async function listModels(
  { apiKey, environment, log }: ModelSources,
  provider: 'anthropic' | 'openai',
  baseUrl: string,
): Promise<readonly string[]> {
  const key = (await apiKey(provider)) ?? '';
  if (provider === 'anthropic') {
    const { listModels: list } = await import('../models/anthropic.ts');
    const address = baseUrl || environment.ANTHROPIC_BASE_URL;
    return list({ apiKey: key, log, ...(address ? { baseUrl: address } : {}) });
  }
  const { listOpenAiModels } = await import('../models/openai.ts');
  const address = baseUrl || environment.OPENAI_BASE_URL || '';
  return listOpenAiModels({
    baseUrl: address,
    apiKey: key,
    protocol: 'auto',
    contextTokens: 0,
    log,
  });
}

function missingKey(): PatchwrightError {
  return new PatchwrightError('missing_key', {
    what: 'There is no key for the model.',
    why: 'Drafting a patch needs a language model.',
    remedy: 'Set ANTHROPIC_API_KEY, or run "Patchwright: Set API Key" in the editor.',
  });
}

function notInEditor(): PatchwrightError {
  return new PatchwrightError('invalid_settings', {
    what: "VS Code's language models are not there.",
    why: 'They can be used from inside VS Code only.',
    remedy: 'Set PATCHWRIGHT_MODEL_PROVIDER to anthropic or openai for the command line.',
  });
}

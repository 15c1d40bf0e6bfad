import type { BackendChoice, LoadedModel, ModelSource } from '../worker/protocol';
import { byId, make } from './dom';
import type { SiteModel } from './site-content';

/** The choice of a model and of what computes it, and what is known about the model in use. */
export class ModelPanel {
  private readonly models = byId('model', HTMLSelectElement);
  private readonly backend = byId('backend', HTMLSelectElement);
  private readonly files = byId('model-files', HTMLInputElement);
  private readonly loading = byId('loading', HTMLProgressElement);
  private readonly facts = byId('model-facts', HTMLElement);
  private readonly sources = new Map<string, ModelSource>();

  /** `onChoose` hears the model and the backend whenever one of them was chosen. */
  constructor(private readonly onChoose: (source: ModelSource, backend: BackendChoice) => void) {
    this.models.addEventListener('change', () => this.choose());
    this.backend.addEventListener('change', () => this.choose());
    this.files.addEventListener('change', () => {
      const files = [...(this.files.files ?? [])];
      this.files.value = '';
      if (files.length > 0) this.add('From your files', { files });
    });
  }

  /** Lists the models of the site, and chooses the first. False when there is none. */
  list(models: readonly SiteModel[], backend: BackendChoice): boolean {
    this.backend.value = backend;
    for (const { name, url, sizeBytes } of models) this.put(`${name} (${megabytes(sizeBytes)})`, { url });
    this.models.disabled = models.length === 0;
    this.choose();
    return models.length > 0;
  }

  /** Shows that a model is being read. */
  showProgress(fraction: number): void {
    this.loading.hidden = false;
    this.loading.value = fraction;
  }

  /** Shows what the model is; undefined for none. */
  showModel(model: LoadedModel | undefined): void {
    this.loading.hidden = true;
    const facts = model === undefined ? [] : factsOf(model);
    this.facts.replaceChildren(...facts.flatMap(([term, text]) => [make('dt', { text: term }), make('dd', { text })]));
  }

  private add(name: string, source: ModelSource): void {
    this.put(name, source);
    this.models.disabled = false;
    this.models.value = name;
    this.choose();
  }

  private put(name: string, source: ModelSource): void {
    if (!this.sources.has(name)) this.models.append(make('option', { text: name }));
    this.sources.set(name, source);
  }

  private choose(): void {
    const source = this.sources.get(this.models.value);
    if (source !== undefined) this.onChoose(source, this.backend.value as BackendChoice);
  }
}

function factsOf(model: LoadedModel): [string, string][] {
  const { classNames, inputSize, weights, backend, backendNote, loadMs } = model;
  return [
    ['Classes', `${classNames.length}: ${classNames.join(', ')}`],
    ['Input', inputSize],
    ['Weights', weights],
    ['Runs on', backendNote === undefined ? backend : `${backend}. ${backendNote}`],
    ['Ready after', `${(loadMs / 1000).toFixed(1)} s`],
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

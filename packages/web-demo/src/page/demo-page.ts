import type { BackendChoice, DetectionResult, LoadedModel, ModelSource } from '../worker/protocol';
import { Camera } from './camera';
import { DetectorClient, StoppedError } from './detector-client';
import { byId, make } from './dom';
import { ModelPanel } from './model-panel';
import { PictureView } from './picture-view';
import { ResultsView } from './results-view';
import type { SiteContent } from './site-content';
import { showTimes } from './times-view';

/** Between two sentences that screen readers hear while the camera is on. */
const SENTENCE_PAUSE_MS = 3000;

/** What may be set in the page's address: `?backend=wasm&threads=1`. */
export interface PageOptions {
  readonly backend: BackendChoice;
  readonly threads: number | undefined;
}

/** The page: which model and which picture are in use, and what was found. */
export class DemoPage {
  private readonly view = new PictureView();
  private readonly results = new ResultsView((index) => this.view.choose(index));
  private readonly models = new ModelPanel((source, backend) => void this.useModel(source, backend));
  private readonly threshold = byId('threshold', HTMLInputElement);
  private readonly cameraButton = byId('camera', HTMLButtonElement);
  private client: DetectorClient | undefined;
  private model: LoadedModel | undefined;
  private picture: Blob | undefined;
  private camera: Camera | undefined;
  private result: DetectionResult | undefined;
  private lastSentenceMs = 0;

  constructor(private readonly options: PageOptions) {
    this.threshold.addEventListener('input', () => this.showResult(false));
    this.cameraButton.addEventListener('click', () => void (this.camera ? this.stopCamera() : this.startCamera()));
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && this.camera) void this.stopCamera();
    });
    byId('problem-close', HTMLButtonElement).addEventListener('click', () => {
      byId('problem', HTMLElement).hidden = true;
    });
  }

  /** Lists what the site has, and loads its first model. Without a list the page takes the user's own files. */
  async start(reading: Promise<SiteContent>): Promise<void> {
    await this.reportingFaults(async () => this.list(await reading));
  }

  private list({ models, examples }: SiteContent): void {
    if (!this.models.list(models, this.options.backend)) this.results.say('Open the files of a model to begin.');
    byId('examples', HTMLElement).hidden = examples.length === 0;
    byId('example-list', HTMLElement).replaceChildren(...examples.map((url, i) => this.exampleButton(url, i)));
  }

  /** Finds the objects in a picture, once the model is there. */
  async usePicture(picture: Blob, name: string): Promise<void> {
    this.turnCameraOff();
    this.picture = picture;
    this.forgetResult();
    this.view.showPicture(picture, name);
    await this.detectPicture();
  }

  private async useModel(source: ModelSource, backend: BackendChoice): Promise<void> {
    this.client?.stop();
    this.model = undefined;
    this.forgetResult();
    this.models.showModel(undefined);
    this.models.showProgress(0);
    this.results.say('Loading the model.');
    const client = new DetectorClient({
      ...{ source, backend, threads: this.options.threads },
      onProgress: (fraction) => this.models.showProgress(fraction),
    });
    this.client = client;
    await this.reportingFaults(async () => {
      const model = await client.loaded;
      this.model = model;
      this.threshold.min = String(Math.ceil(model.scoreThreshold * 100));
      this.models.showModel(model);
      this.results.say(this.picture || this.camera ? '' : 'Ready. Waiting for a picture.');
    });
    if (this.client === client && this.model === undefined) this.models.showModel(undefined);
    if (!this.camera) await this.detectPicture();
  }

  private async detectPicture(): Promise<void> {
    const { client, picture, model } = this;
    if (!client || !picture || !model) return;
    this.results.say('Looking at the picture.');
    this.view.markBusy();
    await this.reportingFaults(async () => {
      const result = await client.detect(picture);
      if (client !== this.client || picture !== this.picture) return;
      this.result = result;
      this.showResult(false);
    });
  }

  private async startCamera(): Promise<void> {
    await this.reportingFaults(async () => {
      const camera = await Camera.start(this.view.video);
      this.picture = undefined;
      this.forgetResult();
      this.camera = camera;
      this.cameraButton.textContent = 'Stop the camera';
      this.view.showVideo();
      await this.watch(camera);
    });
  }

  // One frame after the other, as fast as the network is.
  private async watch(camera: Camera): Promise<void> {
    while (this.camera === camera) {
      const { client, model } = this;
      if (client && model) {
        try {
          const result = await client.detect(await camera.frame());
          if (this.camera !== camera) return;
          this.result = client === this.client ? result : undefined;
          this.showResult(performance.now() - this.lastSentenceMs < SENTENCE_PAUSE_MS);
        } catch (error) {
          if (!(error instanceof StoppedError)) {
            this.turnCameraOff();
            throw error;
          }
        }
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }

  // The last frame stays as a picture.
  private async stopCamera(): Promise<void> {
    const still = await this.camera?.still();
    if (still) await this.usePicture(still, 'A picture from the camera');
    else this.turnCameraOff();
  }

  private turnCameraOff(): void {
    this.camera?.stop();
    this.camera = undefined;
    this.cameraButton.textContent = 'Use the camera';
  }

  private showResult(isQuiet: boolean): void {
    const percent = Number(this.threshold.value);
    byId('threshold-value', HTMLElement).textContent = `${percent} %`;
    this.threshold.setAttribute('aria-valuetext', `${percent} percent`);
    if (!this.result || !this.model) return;
    if (!isQuiet) this.lastSentenceMs = performance.now();
    const { detections, size, times } = this.result;
    const { classNames } = this.model;
    const shown = detections.filter(({ score }) => score >= percent / 100);
    this.view.showBoxes(shown, size, classNames);
    this.results.show(shown, { hiddenCount: detections.length - shown.length, classNames, isQuiet });
    showTimes(times);
  }

  private forgetResult(): void {
    this.result = undefined;
    this.results.clear();
    this.view.markBusy();
  }

  private exampleButton(url: string, index: number): HTMLElement {
    const image = make('img');
    image.src = url;
    image.alt = `Example ${index + 1}`;
    const button = make('button');
    button.type = 'button';
    button.append(image);
    button.addEventListener('click', () => {
      void this.reportingFaults(async () => {
        const response = await fetch(url);
        if (!response.ok) throw new Error(`${url} is not there.`);
        await this.usePicture(await response.blob(), image.alt);
      });
    });
    const item = make('li');
    item.append(button);
    return item;
  }

  private async reportingFaults(work: () => Promise<void>): Promise<void> {
    const problem = byId('problem', HTMLElement);
    problem.hidden = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof StoppedError) return;
      byId('problem-text', HTMLElement).textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
      this.results.say('That did not work.');
      this.view.showBoxes([], { width: 1, height: 1 }, []);
    }
  }
}

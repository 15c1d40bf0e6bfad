import type { BackendChoice } from '../worker/protocol';
import { DemoPage } from './demo-page';
import { listenForPictures } from './picture-input';
import { readSiteContent } from './site-content';

const BACKENDS: readonly string[] = ['auto', 'wasm', 'webgpu'] satisfies BackendChoice[];

const parameters = new URLSearchParams(location.search);
const backend = parameters.get('backend') ?? 'auto';
const threads = Number(parameters.get('threads'));

const page = new DemoPage({
  backend: BACKENDS.includes(backend) ? (backend as BackendChoice) : 'auto',
  threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
});
listenForPictures((picture) => void page.usePicture(picture, picture.name));
void page.start(readSiteContent());

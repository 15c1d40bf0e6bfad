import type { FoundObject, ImageSize } from '@featuremine/retinanet/browser';
import { classLook } from './class-look';
import { byId, make } from './dom';
import { percent } from './words';

// Labels of boxes that begin above this part of the picture would be cut off; they go inside.
const TOP = 0.08;

/** The picture or the camera, with boxes over it. */
export class PictureView {
  private readonly stage = byId('stage', HTMLElement);
  private readonly invitation = byId('invitation', HTMLElement);
  private readonly frame = byId('frame', HTMLElement);
  private readonly picture = byId('picture', HTMLImageElement);
  private readonly overlay = byId('boxes', HTMLElement);
  readonly video = byId('video', HTMLVideoElement);
  private url: string | undefined;

  constructor() {
    this.stage.classList.add('empty');
    // Small pictures are enlarged; none becomes higher than the window.
    this.picture.addEventListener('load', () => this.fit(this.picture.naturalWidth, this.picture.naturalHeight));
    this.video.addEventListener('resize', () => this.fit(this.video.videoWidth, this.video.videoHeight));
  }

  /** Shows a picture without boxes. */
  showPicture(picture: Blob, name: string): void {
    if (this.url !== undefined) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(picture);
    this.picture.src = this.url;
    this.picture.alt = name;
    this.show(this.picture);
  }

  /** Shows what the camera sees. */
  showVideo(): void {
    this.show(this.video);
  }

  /** Draws the boxes; they are in pixels of a picture of this size. */
  showBoxes(objects: readonly FoundObject[], size: ImageSize, classNames: readonly string[]): void {
    this.overlay.classList.remove('busy', 'chosen');
    this.overlay.replaceChildren(...objects.map((object) => boxElement(object, size, classNames)));
  }

  /** Boxes of the picture before are no longer right, or soon will not be. */
  markBusy(): void {
    this.overlay.classList.add('busy');
  }

  /** Lets one box stand out, or none. */
  choose(index: number | undefined): void {
    this.overlay.classList.toggle('chosen', index !== undefined);
    for (const [at, box] of [...this.overlay.children].entries()) box.classList.toggle('chosen', at === index);
  }

  private fit(width: number, height: number): void {
    if (width > 0 && height > 0) this.frame.style.setProperty('--ratio', String(width / height));
  }

  private show(shown: HTMLElement): void {
    for (const element of [this.picture, this.video]) element.hidden = element !== shown;
    this.invitation.hidden = true;
    this.frame.hidden = false;
    this.stage.classList.remove('empty');
    this.overlay.replaceChildren();
  }
}

// The data attributes hold the numbers unrounded.
function boxElement(
  { class: name, score, box }: FoundObject,
  size: ImageSize,
  classNames: readonly string[],
): HTMLElement {
  const { colour, textColour, line } = classLook(classNames.indexOf(name));
  const [x1, y1, x2, y2] = box;
  const element = make('div', { className: `box ${line}` });
  element.style.setProperty('--class', colour);
  element.style.setProperty('--on-class', textColour);
  element.style.left = `${(100 * x1) / size.width}%`;
  element.style.top = `${(100 * y1) / size.height}%`;
  element.style.width = `${(100 * (x2 - x1)) / size.width}%`;
  element.style.height = `${(100 * (y2 - y1)) / size.height}%`;
  element.classList.toggle('at-top', y1 < TOP * size.height);
  element.classList.toggle('from-right', x1 + x2 > size.width);
  element.dataset['class'] = name;
  element.dataset['score'] = String(score);
  element.dataset['box'] = box.join(' ');
  element.append(make('span', { className: 'label', text: `${name} ${percent(score)}` }));
  return element;
}

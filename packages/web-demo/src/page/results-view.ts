import type { FoundObject } from '@featuremine/retinanet/browser';
import { classLook } from './class-look';
import { byId, make } from './dom';
import { percent, summaryOf } from './words';

/** The list of objects and the sentence that sums them up, which screen readers hear. */
export class ResultsView {
  private readonly summary = byId('summary', HTMLElement);
  private readonly list = byId('results', HTMLOListElement);
  private pinned: number | undefined;

  /** `onChoose` hears which object is pointed at, has the focus or was clicked on; undefined for none. */
  constructor(private readonly onChoose: (index: number | undefined) => void) {}

  /** Says something in place of results. */
  say(text: string): void {
    if (this.summary.textContent !== text) this.summary.textContent = text;
  }

  /** Empties the list. */
  clear(): void {
    this.list.replaceChildren();
  }

  /** Lists the objects; `hiddenCount` more are below the threshold. `isQuiet` leaves the sentence as it is. */
  show(
    objects: readonly FoundObject[],
    options: { readonly hiddenCount: number; readonly classNames: readonly string[]; readonly isQuiet: boolean },
  ): void {
    this.pinned = undefined;
    if (!options.isQuiet) this.say(summaryOf(objects, options.hiddenCount));
    this.list.replaceChildren(...objects.map((object, index) => this.item(object, index, options.classNames)));
  }

  private item({ class: name, score }: FoundObject, index: number, classNames: readonly string[]): HTMLElement {
    const { colour, line } = classLook(classNames.indexOf(name));
    const swatch = make('span', { className: `swatch ${line}` });
    swatch.style.setProperty('--class', colour);
    const button = make('button', { className: 'result' });
    button.type = 'button';
    button.setAttribute('aria-pressed', 'false');
    button.append(
      swatch,
      make('span', { className: 'name', text: name }),
      make('span', { className: 'score', text: percent(score) }),
    );
    const show = (): void => this.onChoose(index);
    const hide = (): void => this.onChoose(this.pinned);
    for (const kind of ['pointerenter', 'focus']) button.addEventListener(kind, show);
    for (const kind of ['pointerleave', 'blur']) button.addEventListener(kind, hide);
    button.addEventListener('click', () => this.pin(this.pinned === index ? undefined : index));
    const item = make('li');
    item.append(button);
    return item;
  }

  private pin(index: number | undefined): void {
    this.pinned = index;
    for (const [at, button] of [...this.list.querySelectorAll('button')].entries()) {
      button.setAttribute('aria-pressed', String(at === index));
    }
    this.onChoose(index);
  }
}

import { byId } from './dom';

/** Hears of every picture that is chosen, dropped anywhere on the page, or pasted. */
export function listenForPictures(onPicture: (picture: File) => void): void {
  const input = byId('file', HTMLInputElement);
  input.addEventListener('change', () => {
    take(input.files);
    input.value = ''; // so that the same file can be chosen again
  });
  document.addEventListener('paste', ({ clipboardData }) => take(clipboardData?.files));

  const stage = byId('stage', HTMLElement);
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    stage.classList.add('dragged');
  });
  document.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) stage.classList.remove('dragged');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    stage.classList.remove('dragged');
    take(event.dataTransfer?.files);
  });

  function take(files: FileList | null | undefined): void {
    const picture = [...(files ?? [])].find(({ type }) => type.startsWith('image/')) ?? files?.[0];
    if (picture !== undefined) onPicture(picture);
  }
}

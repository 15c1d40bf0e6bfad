/** A camera that is on. */
export class Camera {
  private constructor(
    private readonly stream: MediaStream,
    private readonly video: HTMLVideoElement,
  ) {}

  /**
   * Turns the camera on, the one that looks away from the user if there are two.
   *
   * @throws Error with what the user can do
   */
  static async start(video: HTMLVideoElement): Promise<Camera> {
    if (!('mediaDevices' in navigator)) {
      throw new Error('Browsers give the camera only to pages from https or localhost. Choose a picture instead.');
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
      video.srcObject = stream;
      await video.play();
      return new Camera(stream, video);
    } catch (error) {
      const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
      throw new Error(
        isRefused
          ? 'The camera was not allowed. Allow it in the settings of the page.'
          : 'No camera was found. Choose a picture instead.',
      );
    }
  }

  /** What the camera sees now. */
  frame(): Promise<ImageBitmap> {
    return createImageBitmap(this.video);
  }

  /** The last picture as a file. */
  async still(): Promise<Blob | undefined> {
    const canvas = document.createElement('canvas');
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext('2d')?.drawImage(this.video, 0, 0);
    return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/png'));
  }

  /** Turns the camera off. */
  stop(): void {
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }
}

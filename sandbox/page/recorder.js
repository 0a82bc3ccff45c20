// A voice message in the making. Telegram's are OGG; a browser that cannot make that makes its own kind.
const KINDS = [["audio/ogg;codecs=opus", "oga"], ["audio/webm;codecs=opus", "webm"], ["audio/mp4", "m4a"]];
const LONGEST = 300;

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

export class Recorder {
  // `ticked` is told the seconds so far; `ended` is called when the longest time is over.
  constructor(ticked, ended) {
    this.ticked = ticked;
    this.ended = ended;
    this.media = null;
  }

  get running() {
    return this.media !== null;
  }

  // Rejects when there is no microphone, or the person keeps it to themselves.
  async start() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const [mimeType, suffix] = KINDS.find(([kind]) => MediaRecorder.isTypeSupported(kind)) ?? ["", "bin"];
    this.suffix = suffix;
    this.parts = [];
    this.media = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    this.media.addEventListener("dataavailable", ({ data }) => this.parts.push(data));
    this.began = performance.now();
    this.media.start();
    this.ticked(0);
    this.clock = setInterval(() => {
      this.ticked(this.seconds());
      if (this.seconds() >= LONGEST) this.ended();
    }, 250);
  }

  seconds() {
    return Math.floor((performance.now() - this.began) / 1000);
  }

  // The recording as a file, and its length in seconds.
  async stop() {
    const { media } = this;
    const seconds = Math.max(1, this.seconds());
    const stopped = new Promise((resolve) => media.addEventListener("stop", resolve, { once: true }));
    this.cancel();
    await stopped;
    const type = media.mimeType.split(";")[0];
    return { file: new File(this.parts, `voice.${this.suffix}`, { type }), seconds };
  }

  cancel() {
    clearInterval(this.clock);
    this.media.stop();
    for (const track of this.media.stream.getTracks()) track.stop();
    this.media = null;
  }
}

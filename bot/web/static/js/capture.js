// The microphone and the camera: permission, recording in pieces, and how loud it is. Knows nothing of the page.

const KINDS = {
  voice: ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"],
  video: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
};
const SLICE_MS = 1000; // a crash costs at most this much
const LEVEL_MS = 80;
const BITS = { audioBitsPerSecond: 48_000, videoBitsPerSecond: 900_000 };
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 }, facingMode: "user" };

/** Recording can't begin. why: insecure, unsupported, denied, missing or busy. */
export class CaptureProblem extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

function whyNot(error) {
  if (["NotAllowedError", "SecurityError", "PermissionDeniedError"].includes(error.name)) return "denied";
  if (["NotFoundError", "OverconstrainedError", "DevicesNotFoundError"].includes(error.name)) return "missing";
  return "busy";
}

/**
 * Begin to record.
 * @param form     "voice" | "video"
 * @param options  onPiece(blob), onLevel(0 to 1), onLost(): the device is gone
 * @returns {mime, stream, seconds(), pause(), resume(), stop(): Promise}  stop resolves after the last piece was handed over
 */
export async function capture(form, { onPiece, onLevel, onLost }) {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new CaptureProblem("insecure");
  const mime = window.MediaRecorder && KINDS[form].find((kind) => MediaRecorder.isTypeSupported(kind));
  if (!mime) throw new CaptureProblem("unsupported");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: form === "video" && PICTURE });
  } catch (error) {
    throw new CaptureProblem(whyNot(error));
  }
  const recorder = new MediaRecorder(stream, { mimeType: mime, ...BITS });
  const level = listen(stream, onLevel);
  let before = 0;
  let since = performance.now();
  const running = () => recorder.state === "recording";
  recorder.ondataavailable = ({ data }) => data.size && onPiece(data);
  const ended = new Promise((done) => (recorder.onstop = done));
  const letGo = () => {
    level.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  for (const track of stream.getTracks()) track.onended = () => recorder.state !== "inactive" && onLost();
  recorder.start(SLICE_MS);
  return {
    mime,
    stream,
    seconds: () => before + (running() ? (performance.now() - since) / 1000 : 0),
    pause() {
      before += (performance.now() - since) / 1000;
      recorder.pause();
    },
    resume() {
      since = performance.now();
      recorder.resume();
    },
    async stop() {
      if (running()) before += (performance.now() - since) / 1000;
      if (recorder.state !== "inactive") {
        recorder.stop();
        await ended;
      }
      letGo();
    },
  };
}

/** Tell how loud a stream is, some twelve times a second. Without Web Audio nothing is told. */
function listen(stream, tell) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context || !stream.getAudioTracks().length) return { stop() {} };
  const context = new Context();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const rms = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    tell(Math.min(1, Math.max(0, 1 + (20 * Math.log10(rms || 1e-6)) / 60)));
  }, LEVEL_MS);
  return {
    stop() {
      clearInterval(timer);
      context.close();
    },
  };
}

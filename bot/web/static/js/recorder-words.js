// What the recorder says.

import { clock } from "./playback.js";

export const WORDS = {
  record: "Record your answer",
  film: "Record a video",
  choose: "Choose a file",
  ask: "Please allow the microphone in your browser. Nothing is recorded before you do.",
  recording: "Recording.",
  paused: "Paused. Nothing is recorded now.",
  ready: "Recorded. Listen to it, send it, or record it again.",
  sent: "Sent.",
  discarded: "Discarded. Nothing of it was kept.",
  over: "a little over, that's fine",
  guide: "That is about the length we had in mind. Take the time you need.",
  silent: "I can't hear anything yet. Is the microphone muted, or is another one in use?",
  longest: "That is as long as one recording can be, so I have stopped here. You can send it, and go on in another one.",
  lost: "The microphone was disconnected. What came before is kept.",
  full: "This browser has no room left to keep the recording safe, so please leave this page open until it is sent.",
  notSound: "I can only take a sound or a video file here. You can also record your answer, or write it.",
  empty: "That file is empty. Please choose another one, record your answer, or write it.",
};
export const PROBLEMS = {
  denied: "The browser doesn't let this page use the microphone. Allow it in the address bar (a lock or a microphone sign) and try again, or write instead.",
  missing: "I can't find a microphone on this device. Connect one and try again, choose a file that you made elsewhere, or write instead.",
  busy: "Another app or tab seems to be using the microphone. Close it there and try again, or write instead.",
  insecure: "Recording needs an encrypted address (https), and this page has none. Please write instead; the hiring team can be told.",
  unsupported: "This browser can't record. You can choose a file that you made elsewhere, open this page in another browser, or write instead.",
};

export const left = (seconds) => `You have a recording of ${clock(seconds)} that wasn't sent.`;

/** Why a chosen file can't be sent, or "". */
export function wrongFile(file, megabytes) {
  if (!/^(audio|video)\//.test(file.type)) return WORDS.notSound;
  if (!file.size) return WORDS.empty;
  if (file.size <= megabytes * 1_000_000) return "";
  return `That file is larger than ${megabytes} MB, which is more than I can take. A shorter recording is fine, and so is writing.`;
}

/** Two soft notes, made here: no file to load. Nothing is heard before somebody has touched the page. */
export function chime(): void {
  const context = new AudioContext();
  const end = context.currentTime + 0.6;
  for (const [frequency, delay] of [
    [660, 0],
    [880, 0.12],
  ] as const) {
    const start = context.currentTime + delay;
    const note = new OscillatorNode(context, { frequency });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
    note.connect(volume).connect(context.destination);
    note.start(start);
    note.stop(end);
  }
  setTimeout(() => void context.close(), 1_000);
}

// What the guard hears and feels: never colour alone, and readable with the eyes on the queue.
import type { Settings } from '../model/settings'

export type Signal = 'read' | 'ask' | 'passed' | 'refer' | 'deny' | 'problem'

// Hertz and milliseconds, one after the other; the outcomes differ in number and direction of tones.
const tones: Record<Signal, [number, number][]> = {
  read: [[1320, 60]],
  ask: [[880, 90]],
  passed: [
    [784, 110],
    [1175, 200],
  ],
  refer: [
    [660, 140],
    [660, 140],
    [660, 140],
  ],
  deny: [
    [330, 260],
    [247, 420],
  ],
  problem: [[220, 200]],
}

const pulses: Record<Signal, number[]> = {
  read: [40],
  ask: [60],
  passed: [120],
  refer: [120, 80, 120, 80, 120],
  deny: [400, 120, 400],
  problem: [200],
}

export class Signals {
  private audio: AudioContext | null = null

  constructor(private readonly settings: () => Settings) {}

  /** Browsers let a page sound only after a first touch. */
  wake(): void {
    this.audio ??= 'AudioContext' in window ? new AudioContext() : null
    if (this.audio?.state === 'suspended') void this.audio.resume()
  }

  give(signal: Signal, words = ''): void {
    const { volume, vibration, speech, language } = this.settings()
    if (vibration) navigator.vibrate?.(pulses[signal])
    if (volume === 0) return
    this.play(tones[signal], volume / 3)
    if (speech && words !== '') this.say(words, language, volume / 3)
  }

  private play(notes: [number, number][], gain: number): void {
    if (this.audio?.state !== 'running') return
    let at = this.audio.currentTime
    for (const [hertz, ms] of notes) {
      const voice = this.audio.createOscillator()
      const level = this.audio.createGain()
      voice.type = 'triangle'
      voice.frequency.value = hertz
      level.gain.setValueAtTime(gain * 0.9, at)
      level.gain.exponentialRampToValueAtTime(0.001, at + ms / 1000)
      voice.connect(level).connect(this.audio.destination)
      voice.start(at)
      voice.stop(at + ms / 1000)
      at += ms / 1000 + 0.04
    }
  }

  private say(words: string, language: string, volume: number): void {
    if (!('speechSynthesis' in window)) return
    speechSynthesis.cancel()
    const speech = new SpeechSynthesisUtterance(words)
    speech.lang = language
    speech.volume = volume
    speech.rate = 1.15
    speechSynthesis.speak(speech)
  }
}

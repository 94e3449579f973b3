// The camera: always looking, one frame in the decoder at a time. The centre of the picture is taken as
// the camera sees it; a frame made smaller would lose the modules of a card held at arm's length.

export interface ScannerEvents {
  text(text: string): void
  state(state: ScannerState): void
}

export type ScannerState = 'starting' | 'running' | 'refused' | 'missing' | 'insecure'

const crop_max = 900 // pixels of the camera
const pause_ms = 80
const pause_behind_ms = 300 // while somebody's screen is up: spares the battery
const same_card_ms = 2_000 // out of view before the same card counts as shown again

const end = (stream: MediaStream) => stream.getTracks().forEach((track) => track.stop())

export class Scanner {
  private readonly canvas = document.createElement('canvas')
  private worker: Worker | null = null
  private stream: MediaStream | null = null
  /** The camera's picture is not on the screen. */
  behind = false
  private frames = 0
  private stopped = false
  private last = { text: '', at_ms: 0 }

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly events: ScannerEvents,
  ) {}

  async start(): Promise<void> {
    this.events.state('starting')
    if (!window.isSecureContext || !navigator.mediaDevices) return this.events.state('insecure')
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } },
      })
      if (this.stopped) return end(stream)
      this.stream = stream
      this.video.srcObject = stream
      await this.video.play()
    } catch (error) {
      if (this.stopped) return
      return this.events.state((error as DOMException).name === 'NotAllowedError' ? 'refused' : 'missing')
    }
    this.worker ??= this.new_worker()
    this.events.state('running')
    this.next_frame()
  }

  /** For good: the camera's light goes off. */
  stop(): void {
    this.stopped = true
    if (this.stream) end(this.stream)
    this.stream = null
    this.worker?.terminate()
    this.worker = null
  }

  /** The card in view may be read again at once: nobody took notice of it. */
  forget(): void {
    this.last = { text: '', at_ms: 0 }
  }

  has_torch(): boolean {
    const track = this.stream?.getVideoTracks()[0]
    return track?.getCapabilities !== undefined && 'torch' in track.getCapabilities()
  }

  async torch(on: boolean): Promise<void> {
    const wish = { torch: on } as MediaTrackConstraintSet
    await this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [wish] })
  }

  private new_worker(): Worker {
    const worker = new Worker(new URL('./scan_worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<string | null>) => {
      if (data !== null) this.found(data)
      setTimeout(() => this.next_frame(), this.behind ? pause_behind_ms : pause_ms)
    }
    return worker
  }

  private found(text: string): void {
    const now = performance.now()
    const again = text === this.last.text && now - this.last.at_ms < same_card_ms
    this.last = { text, at_ms: now }
    if (!again) this.events.text(text)
  }

  private next_frame(): void {
    if (!this.worker || !this.stream) return
    const { videoWidth: width, videoHeight: height } = this.video
    if (width === 0 || document.hidden) {
      setTimeout(() => this.next_frame(), 200)
      return
    }
    const side = Math.min(width, height, crop_max)
    this.canvas.width = this.canvas.height = side
    const context = this.canvas.getContext('2d', { willReadFrequently: true })!
    context.drawImage(this.video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, side, side)
    const { data } = context.getImageData(0, 0, side, side)
    this.frames += 1
    const frame = { pixels: data, width: side, height: side, hard: this.frames % 2 === 0 }
    this.worker.postMessage(frame, [data.buffer])
  }
}

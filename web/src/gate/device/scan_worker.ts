// The decoder, off the page's thread. The wasm comes from our own server, never from anywhere else.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm_url from 'zxing-wasm/reader/zxing_reader.wasm?url'

export interface Frame {
  pixels: Uint8ClampedArray<ArrayBuffer>
  width: number
  height: number
  hard: boolean // take the time to look closer
}

const worker = self as unknown as DedicatedWorkerGlobalScope

const ready = prepareZXingModule({
  overrides: {
    locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm_url : prefix + path),
  },
  fireImmediately: true,
})

worker.onmessage = async ({ data }: MessageEvent<Frame>) => {
  await ready
  const image = new ImageData(data.pixels, data.width, data.height)
  const found = await readBarcodes(image, {
    formats: ['QRCode'],
    maxNumberOfSymbols: 1,
    tryHarder: data.hard,
    tryRotate: true,
    tryInvert: data.hard,
    tryDownscale: data.hard,
  })
  worker.postMessage(found[0]?.isValid ? found[0].text : null)
}

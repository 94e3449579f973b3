// A photo small enough to wait on a phone and to be sent over a bad network; what the camera wrote into it goes with
// the drawing anew.
import type { Photo } from './store'

const longest_px = 1600
const quality = 0.8

export async function small_photo(item_id: number, file: File): Promise<Photo> {
  const image = await createImageBitmap(file)
  const scale = Math.min(1, longest_px / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.width * scale)
  canvas.height = Math.round(image.height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  const base64 = canvas.toDataURL('image/jpeg', quality).split(',')[1] ?? ''
  return { item_id, evidence: 'photo', filename: 'photo.jpg', base64 }
}

export async function signature(item_id: number, picture: Blob): Promise<Photo> {
  const bytes = new Uint8Array(await picture.arrayBuffer())
  const base64 = btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(''))
  return { item_id, evidence: 'signature', filename: 'signature.png', base64 }
}

import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, it } from 'vitest'

import { Store } from './store'
import { Bench, FakeServer, noon_ms } from './testing'
import { Uploader } from './uploader'

let store: Store
let server: FakeServer
let now_ms: number
let uploader: Uploader

async function fill(count: number): Promise<void> {
  const bench = await Bench.open()
  await bench.gate.emergency('other')
  const [record] = await bench.records()
  for (let i = 0; i < count; i += 1)
    await store.add_record((seq) => ({
      state: 'waiting',
      record: { ...record!, seq },
      consumes_outing: false,
    }))
}

const states = async () => (await store.records()).map((row) => row.state)

beforeEach(async () => {
  store = await Store.open(`upload-${Math.random()}`)
  server = new FakeServer()
  now_ms = noon_ms
  uploader = new Uploader(
    store,
    server,
    () => now_ms,
    () => Promise.resolve(),
    () => undefined,
  )
})

describe('the upload', () => {
  it('sends all in batches of at most 200', async () => {
    await fill(401)
    await uploader.flush()
    expect(server.records.size).toBe(401)
    expect(server.calls).toHaveLength(3)
    expect(await store.unsent()).toBe(0)
  })

  it('is not held up by one bad record, which stays on the phone and is counted', async () => {
    await fill(5)
    server.bad_seqs.add(2)
    await uploader.flush()
    expect([...server.records.keys()]).toEqual([1, 3, 4, 5])
    expect(await states()).toEqual(['sent', 'rejected', 'sent', 'sent', 'sent'])
    expect(await store.unsent()).toBe(1)
  })

  it('finds the bad record when the server refuses the batch as a whole', async () => {
    await fill(9)
    server.poison_seqs.add(4)
    await uploader.flush()
    expect(server.records.size).toBe(8)
    expect((await store.records_in('rejected')).map((row) => row.seq)).toEqual([4])
    expect((await store.records_in('rejected'))[0]!.problems).toEqual([{ path: '', code: 'invalid' }])
  })

  it('may send twice: the server knows the number', async () => {
    await fill(2)
    await uploader.flush()
    await store.mark([{ seq: 1, state: 'waiting', stored_ms: null, problems: [] }])
    await uploader.flush()
    expect(server.records.size).toBe(2)
    expect(await store.unsent()).toBe(0)
  })

  it('waits longer after each failure, and not at all after a success', async () => {
    await fill(1)
    server.up = false
    const tries = async (seconds: number) => {
      server.calls = []
      for (let i = 0; i < seconds; i += 1) {
        await uploader.tick()
        now_ms += 1_000
      }
      return server.calls.length
    }
    expect(await tries(15)).toBe(4) // at 0, 2, 6 and 14 s
    expect(await tries(600)).toBeLessThan(15)
    server.up = true
    now_ms += 60_000
    await uploader.tick()
    expect(await store.unsent()).toBe(0)
    await fill(1)
    server.calls = []
    await uploader.tick()
    expect(server.calls).toHaveLength(1)
  })

  it('does not wait out the pauses of an outage once the network is back', async () => {
    await fill(1)
    server.up = false
    for (let minute = 0; minute < 10; minute += 1) {
      await uploader.tick()
      now_ms += 60_000
    }
    await uploader.tick()
    server.up = true
    await uploader.tick()
    expect(await store.unsent()).toBe(1)
    uploader.resume()
    await uploader.tick()
    expect(await store.unsent()).toBe(0)
  })

  it('does not wait when a new record is written', async () => {
    await fill(1)
    server.up = false
    await uploader.flush()
    server.up = true
    await uploader.flush()
    expect(await store.unsent()).toBe(0)
  })

  it('leaves alone what is being confirmed', async () => {
    await fill(1)
    await store.mark([{ seq: 1, state: 'confirming', stored_ms: null, problems: [] }])
    await uploader.flush()
    expect(server.calls).toEqual([])
    expect(await store.unsent()).toBe(1)
  })
})

describe('the store', () => {
  it('numbers without gaps, also when two records are written at once', async () => {
    await Promise.all([fill(3), fill(3)])
    expect((await store.records()).map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect((await store.records()).every((row) => row.seq === row.record.seq)).toBe(true)
  })

  it('uploads what was being confirmed when the page was closed', async () => {
    const name = `closed-${Math.random()}`
    const first = await Store.open(name)
    const bench = await Bench.open()
    await bench.gate.emergency('fire')
    const [record] = await bench.records()
    await first.add_record((seq) => ({
      state: 'confirming',
      record: { ...record!, seq },
      consumes_outing: false,
    }))
    first.close()
    expect(await (await Store.open(name)).records_in('waiting')).toHaveLength(1)
  })

  it('forgets what the list knows, and nothing unsent', async () => {
    await fill(3)
    await store.mark([
      { seq: 1, state: 'sent', stored_ms: noon_ms, problems: [] },
      { seq: 2, state: 'sent', stored_ms: noon_ms + 10, problems: [] },
    ])
    await store.forget_sent(noon_ms + 5)
    expect((await store.records()).map((row) => row.seq)).toEqual([2, 3])
  })
})

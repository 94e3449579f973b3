// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'

import { query_of, wants_search } from './search'

describe('what of a search stands in the address', () => {
  it('keeps names, pinyin and rooms', () => {
    expect(query_of(' 王建国 ')).toEqual({ q: '王建国' })
    expect(query_of('wjg')).toEqual({ q: 'wjg' })
    expect(query_of('3-2-1201')).toEqual({ q: '3-2-1201' })
    expect(query_of('3栋2单元1201')).toEqual({ q: '3栋2单元1201' })
  })
  it('leaves out what is a number of a person, whole or its end', () => {
    for (const q of [
      '13800136153',
      '370101199001020393',
      '39301X',
      '0815',
      '138 0013 6153',
      '0830-2345678',
      'E12345678',
      '',
    ])
      expect(query_of(q)).toEqual({})
  })
})

describe('the key "/"', () => {
  const press = (on: HTMLElement, more: KeyboardEventInit = {}): boolean => {
    let wanted = false
    const listen = (event: KeyboardEvent): void => void (wanted = wants_search(event))
    document.addEventListener('keydown', listen)
    on.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, ...more }))
    document.removeEventListener('keydown', listen)
    return wanted
  }
  it('goes to the search, but not while somebody types or a dialog is open', () => {
    document.body.innerHTML =
      '<p id="p"></p><input id="i" /><div role="dialog"><button id="b"></button></div>'
    const at = (id: string): HTMLElement => document.getElementById(id)!
    expect(press(at('p'))).toBe(true)
    expect(press(at('i'))).toBe(false)
    expect(press(at('b'))).toBe(false)
    expect(press(at('p'), { ctrlKey: true })).toBe(false)
    expect(press(at('p'), { key: 'a' })).toBe(false)
  })
})

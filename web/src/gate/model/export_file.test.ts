import { expect, it } from 'vitest'

import { new_passphrase, seal, unseal } from './export_file'

it('opens with its passphrase, typed in any case and with any separators', async () => {
  const content = { records: Array.from({ length: 900 }, (_, seq) => ({ seq, label: '1单元' })) }
  const passphrase = new_passphrase()
  const file = await seal(content, passphrase)
  expect(JSON.stringify(file)).not.toContain('单元')
  expect(await unseal(file, passphrase.toLowerCase().replaceAll('-', ' '))).toEqual(content)
})

it('does not open with another passphrase', async () => {
  const file = await seal({ records: [] }, new_passphrase())
  await expect(unseal(file, new_passphrase())).rejects.toThrow()
})

it('makes passphrases of four groups that differ', () => {
  const passphrases = Array.from({ length: 50 }, new_passphrase)
  expect(new Set(passphrases).size).toBe(50)
  for (const text of passphrases) expect(text).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}$/)
})

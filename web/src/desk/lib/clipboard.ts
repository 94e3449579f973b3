// Copying works on plain http too (there the clipboard API is absent): first the API, then the old
// command on a selected field. False means the caller shows the text selected, to copy by hand.

async function copy_by_api(text: string): Promise<boolean> {
  if (!navigator.clipboard) return false
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function copy_by_command(text: string): boolean {
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  field.className = 'off-screen'
  // Inside an open dialog the focus is trapped, so the field has to live there.
  const home = document.activeElement?.closest('[role="dialog"]') ?? document.body
  const focused = document.activeElement as HTMLElement | null
  home.append(field)
  field.select()
  let done = false
  try {
    done = document.execCommand('copy')
  } catch {
    done = false
  }
  field.remove()
  focused?.focus()
  return done
}

export async function copy_text(text: string): Promise<boolean> {
  return (await copy_by_api(text)) || copy_by_command(text)
}
